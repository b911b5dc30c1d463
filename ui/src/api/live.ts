/** What happens at the desk, as it happens: one stream for the whole page, which goes on by position. */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { readAnew } from "./anew";
import { forgetWhatWasDone, isNews, lookAgain } from "./following";
import type { components } from "./schema";
import { session } from "./session";
import type { TicketRow } from "./tickets";

export interface TicketNews {
  ticket: string;
  number: number | null;
  version: number;
  kinds: string[];
  by: { kind: string; id: string | null } | null;
  at: string;
  row: TicketRow | null;
}

export interface Present {
  person: string;
  name: string;
  activity: components["schemas"]["Activity"];
  since: string;
}

/** What each kind of news carries. */
export interface News {
  ticket: TicketNews;
  presence: { ticket: string; people: Present[] };
  config: { category: string; id: string };
  draft: { ticket: string; revision: number };
  notification: { id: string; kind: string; ticket: string; number: number; text: string };
  /** The position could not be gone on from: look at everything again. */
  reset: Record<string, never>;
}

export type Connection = "connecting" | "open" | "lost";

const KINDS = ["ticket", "presence", "config", "draft", "notification", "reset"] as const;

/** Milliseconds: the longest pause between two attempts, and how long a hidden page listens on. */
const LONGEST_PAUSE = 15_000;
const LISTENS_HIDDEN = 60_000;

type Hear = (kind: keyof News, news: never) => void;

/**
 * The stream. The browser connects again by itself when a connection breaks; what it gives up on
 * (an answer that is no stream, such as 503) is tried again here, from where it left off.
 */
class Live {
  #source: EventSource | null = null;
  #position: string | null = null;
  #connection: Connection = "connecting";
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #hearers = new Set<Hear>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly connection = (): Connection => this.#connection;

  /** Be told of all news, until the answer is called. */
  hear(hearer: Hear): () => void {
    this.#hearers.add(hearer);
    return () => this.#hearers.delete(hearer);
  }

  open(): void {
    clearTimeout(this.#timer);
    if (this.#source) return;
    const position = this.#position ?? session.position;
    const from = position ? `?position=${encodeURIComponent(position)}` : "";
    const source = new EventSource(`/api/v1/live${from}`);
    this.#source = source;
    source.onopen = () => {
      this.#failures = 0;
      this.#become("open");
    };
    source.onerror = () => {
      this.#become("lost");
      if (source.readyState === EventSource.CLOSED) this.#again();
    };
    for (const kind of KINDS)
      source.addEventListener(kind, (event: MessageEvent<string>) => {
        if (event.lastEventId) this.#position = event.lastEventId;
        const news = JSON.parse(event.data) as never;
        for (const hear of this.#hearers) hear(kind, news);
      });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  /** Somebody else may sign in: what was heard is not theirs. */
  forget(): void {
    this.close();
    this.#position = null;
    this.#become("connecting");
  }

  #again(): void {
    this.close();
    const pause = Math.min(1_000 * 2 ** this.#failures++, LONGEST_PAUSE);
    this.#timer = setTimeout(() => this.open(), pause);
  }

  #become(connection: Connection): void {
    if (connection === this.#connection) return;
    this.#connection = connection;
    for (const listener of this.#listeners) listener();
  }
}

const live = new Live();

/** Listen while somebody is signed in and looks at the page; what is shown follows the news. */
export function useListening(): void {
  const queries = useQueryClient();
  const standing = useSyncExternalStore(session.subscribe, session.look);
  useEffect(() => {
    if (standing !== "in") return;
    const stopFollowing = live.hear((kind, news) => follow(queries, kind, news));
    let idle: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(idle);
      // A browser has few connections to one server: windows in the background give theirs back.
      if (document.hidden) idle = setTimeout(() => live.close(), LISTENS_HIDDEN);
      else live.open();
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      clearTimeout(idle);
      stopFollowing();
      live.forget();
    };
  }, [queries, standing]);
}

/** Hear one kind of news while the component is shown. */
export function useNews<Kind extends keyof News>(
  kind: Kind,
  hear: (news: News[Kind]) => void,
): void {
  const latest = useEffectEvent(hear);
  useEffect(
    () =>
      live.hear((heard, news) => {
        if (heard === kind) latest(news);
      }),
    [kind],
  );
}

/** How the stream stands. */
export function useConnection(): Connection {
  return useSyncExternalStore(live.subscribe, live.connection);
}

export const presenceKey = (ticket: string) => ["presence", ticket] as const;

/** What everybody wants of the news: nothing on the page stays older than it is known to be. */
function follow(queries: QueryClient, kind: keyof News, news: never): void {
  switch (kind) {
    case "ticket":
      followTicket(queries, news);
      break;
    case "presence": {
      const { ticket, people } = news as News["presence"];
      queries.setQueryData(presenceKey(ticket), people);
      break;
    }
    case "config":
      void readAnew(queries, { queryKey: [(news as News["config"]).category] });
      break;
    case "reset":
      forgetWhatWasDone(queries);
      void readAnew(queries);
      break;
    case "draft":
    case "notification":
      break;
  }
}

function followTicket(queries: QueryClient, { ticket, number, version }: TicketNews): void {
  if (isNews(queries, ticket, version)) void lookAgain(queries, ticket, number);
}
