/** A draft on this device and at the desk: kept while somebody writes, never overwritten unasked. */
import { dropDraft, keepDraft, readDraft, type Draft, type KeptDraft } from "@/api/drafts";
import { ProblemError } from "@/api/problems";

/** Milliseconds without a key after which a draft goes to the desk, and until the next attempt. */
const PAUSE = 700;
const NEXT_ATTEMPT = 3_000;

export const EMPTY: Draft = {
  kind: "reply",
  body: "",
  next_status: null,
  attachments: [],
  mentions: [],
};

export const isEmpty = (draft: Draft) => draft.body.trim() === "" && draft.attachments.length === 0;

/** What is in this browser. `base` is the version of the ticket on which the writing began. */
interface Here {
  draft: Draft;
  revision: number | null;
  /** The desk does not have it yet. */
  dirty: boolean;
  base: number | null;
}

export type Saved = "nothing" | "saving" | "saved" | "here";

export interface DraftState extends Here {
  saved: Saved;
  /** What was written on another device, to be taken or left. */
  other: KeptDraft | null;
}

const NOTHING: Here = { draft: EMPTY, revision: null, dirty: false, base: null };

/** One person's draft for one ticket, for as long as a page shows it. */
export class DraftKeeper {
  #state: DraftState;
  #busy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #key: string;
  readonly #ticket: string;
  readonly #listeners = new Set<() => void>();

  constructor(person: string, ticket: string) {
    this.#ticket = ticket;
    this.#key = `chronodesk.draft.${person}.${ticket}`;
    const here = recall(this.#key);
    this.#state = { ...here, saved: isEmpty(here.draft) ? "nothing" : "here", other: null };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): DraftState => this.#state;

  /** Look at the desk for what was written elsewhere, and bring there what is only here. */
  readonly look = async (): Promise<void> => {
    try {
      this.#meet(await readDraft(this.#ticket));
    } catch {
      return; // The next news, or the connection that is back, look again.
    }
    await this.push();
  };

  /** Another device kept this revision. */
  readonly hear = (revision: number): void => {
    if (revision !== this.#state.revision && !this.#busy) void this.look();
  };

  /** `version` is the ticket's, as it is shown while this is written. */
  readonly change = (patch: Partial<Draft>, version: number): void => {
    const { draft: before, base } = this.#state;
    const draft = { ...before, ...patch };
    const begins = isEmpty(before) && !isEmpty(draft);
    this.#become({ draft, dirty: true, base: begins ? version : base });
    this.#later(PAUSE);
  };

  /** What came in up to this version has been read. */
  readonly rebase = (base: number): void => this.#become({ base });

  readonly takeOther = (): void => {
    const { other } = this.#state;
    if (other) this.#take(other);
  };

  readonly keepMine = (): void => {
    const { other } = this.#state;
    if (!other) return;
    this.#become({ revision: other.revision, dirty: true, other: null });
    void this.push();
  };

  /** It was sent, or is not wanted any more: this is remembered here until the desk knows it. */
  readonly clear = (): void => {
    clearTimeout(this.#timer);
    const { draft, revision } = this.#state;
    const dirty = revision !== null || this.#busy;
    const empty = { ...EMPTY, kind: draft.kind };
    this.#become({ ...NOTHING, draft: empty, revision, dirty, saved: "nothing", other: null });
    void this.push();
  };

  /** Bring to the desk what it does not have. */
  readonly push = async (): Promise<void> => {
    const { draft, revision, dirty } = this.#state;
    if (!dirty || this.#busy) return;
    clearTimeout(this.#timer);
    this.#busy = true;
    if (isEmpty(draft)) await this.#drop(draft, revision);
    else await this.#keep(draft, revision);
    this.#busy = false;
    if (this.#state.dirty) this.#later(NEXT_ATTEMPT);
  };

  stop(): void {
    clearTimeout(this.#timer);
    void this.push().then(() => clearTimeout(this.#timer));
  }

  async #drop(draft: Draft, revision: number | null): Promise<void> {
    try {
      if (revision !== null) await dropDraft(this.#ticket);
      if (this.#state.draft === draft)
        this.#become({ revision: null, dirty: false, base: null, saved: "nothing" });
      else this.#become({ revision: null });
    } catch {
      return; // Another attempt follows, here or after a reload.
    }
  }

  async #keep(draft: Draft, revision: number | null): Promise<void> {
    this.#become({ saved: "saving" });
    try {
      const kept = await keepDraft(this.#ticket, draft, revision);
      const { draft: now } = this.#state;
      if (isEmpty(now)) {
        // Sent in the meantime: what has just arrived at the desk is not wanted there.
        this.#become({ revision: kept.revision, dirty: true });
        await this.#drop(now, kept.revision);
      } else this.#become({ revision: kept.revision, dirty: now !== draft, saved: "saved" });
    } catch (error) {
      this.#become({ saved: "here" });
      if (error instanceof ProblemError && error.code === "draft-changed")
        this.#meet(await readDraft(this.#ticket).catch(() => null));
    }
  }

  /** What the desk has is not from here: take it when nothing is lost by that, else offer it. */
  #meet(found: KeptDraft | null): void {
    const { draft, revision, dirty } = this.#state;
    if (!found) {
      // Sent or thrown away elsewhere; what is being written here stays.
      if (revision !== null && dirty) this.#become({ revision: null });
      else if (revision !== null) this.#become({ ...NOTHING, saved: "nothing" });
    } else if (found.revision === revision) return;
    else if (same(found, draft))
      this.#become({ revision: found.revision, dirty: false, saved: "saved" });
    else if (isEmpty(draft) || !dirty) this.#take(found);
    else this.#become({ other: found });
  }

  #take({ kind, body, next_status, attachments, mentions, revision }: KeptDraft): void {
    const draft = { kind, body, next_status, attachments, mentions };
    this.#become({ draft, revision, dirty: false, saved: "saved", other: null });
  }

  #later(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.push(), milliseconds);
  }

  #become(patch: Partial<DraftState>): void {
    this.#state = { ...this.#state, ...patch };
    remember(this.#key, this.#state);
    for (const listener of this.#listeners) listener();
  }
}

function same(one: Draft, other: Draft): boolean {
  const files = (draft: Draft) => draft.attachments.map((file) => file.blob).join();
  return (
    one.kind === other.kind &&
    one.body === other.body &&
    one.next_status === other.next_status &&
    files(one) === files(other)
  );
}

function recall(key: string): Here {
  try {
    const kept = localStorage.getItem(key);
    return kept ? (JSON.parse(kept) as Here) : NOTHING;
  } catch {
    return NOTHING;
  }
}

function remember(key: string, { draft, revision, dirty, base }: DraftState): void {
  try {
    if (isEmpty(draft) && !dirty) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ draft, revision, dirty, base }));
  } catch {
    // A full or forbidden storage: the desk still has it.
  }
}
