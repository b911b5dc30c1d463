/** Asking for changes: each intention has one id, goes out once, and is answered once. */
import { api, data, newCommandId } from "./client";
import { ProblemError, UnreachableError } from "./problems";
import type { components, paths } from "./schema";

type Schemas = components["schemas"];

/** What a command on a ticket answers with. */
export type Commanded = Schemas["TicketCommanded"];
export type TicketEvent = Schemas["TicketEvent"];

type CommandPath = Extract<keyof paths, `/api/v1/tickets/{ticket}/${string}`>;
type BodyOf<Path extends CommandPath> = paths[Path] extends {
  post: { requestBody?: { content: { "application/json": infer Body } } };
}
  ? Body
  : Record<string, never>;
type NameOf<Path> = Path extends `/api/v1/tickets/{ticket}/${infer Name}` ? Name : never;

/** Names of the commands on a ticket: `reply`, `assign`, `add_note`, ... */
export type TicketCommand = NameOf<
  { [Path in CommandPath]: paths[Path] extends { post: object } ? Path : never }[CommandPath]
>;

/** The fields of a command; those that have a default may be left out. */
export type FieldsOf<Name extends TicketCommand> = Partial<
  BodyOf<Extract<CommandPath, `/api/v1/tickets/{ticket}/${Name}`>>
>;

export interface Asked {
  /** The version of the ticket that was looked at; without it, whatever it is now. */
  seen?: number | undefined;
  /** Decide, and write nothing. */
  dryRun?: boolean;
  /** The id of the intention, when it is asked for again by hand. */
  id?: string;
}

/** How often one intention is sent when nobody answers, and the first pause in milliseconds. */
const ATTEMPTS = 4;
const PAUSE = 400;

/**
 * Ask for a change of a ticket.
 *
 * While the server cannot be reached or is away, the same request with the same id is sent again:
 * it is done once, however often it arrives. Throws ProblemError when it is refused, and
 * UnreachableError when nobody answered; with the same `id` it can then be asked for later.
 *
 *     await command(ticket.id, "assign", { agent: "kim" }, { seen: ticket.version });
 */
export function command<Name extends TicketCommand>(
  ticket: string,
  name: Name,
  fields: FieldsOf<Name>,
  { seen, dryRun, id = newCommandId() }: Asked = {},
): Promise<Commanded> {
  // Which body belongs to which name is said by the signature; the paths are all alike.
  const path = `/api/v1/tickets/{ticket}/${name}` as "/api/v1/tickets/{ticket}/rename";
  return persistently(() =>
    data(
      api.POST(path, {
        params: {
          path: { ticket },
          query: dryRun ? { dry_run: true } : {},
          header: {
            "Idempotency-Key": id,
            "If-Match": seen === undefined ? "*" : `"${seen}"`,
          },
        },
        body: fields as never,
      }),
    ),
  );
}

/**
 * Send again what nobody answered. Only for requests that are safe to repeat: reads, and changes
 * that carry an Idempotency-Key.
 */
export async function persistently<T>(send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (attempt === ATTEMPTS || !isPassing(error)) throw error;
      const asked = error instanceof ProblemError ? (error.retryAfter ?? 0) * 1_000 : 0;
      await pause(Math.max(asked, PAUSE * 2 ** (attempt - 1)));
    }
  }
}

function isPassing(error: unknown): boolean {
  return (
    error instanceof UnreachableError || (error instanceof ProblemError && error.status === 503)
  );
}

const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** What happened while somebody made up their mind: why a command was refused. */
export interface Meanwhile {
  /** The version to go on from. */
  version: number;
  events: TicketEvent[];
  /** What both changed, in the API's words: `public replies`, `status`, ... */
  changed: string[];
}

/** What happened in between, if that is why it was refused. */
export function meanwhile(error: unknown): Meanwhile | null {
  if (!(error instanceof ProblemError) || error.code !== "ticket-changed") return null;
  const { version, events, changed } = error.problem;
  return {
    version: version as number,
    events: (events ?? []) as TicketEvent[],
    changed: (changed ?? []) as string[],
  };
}
