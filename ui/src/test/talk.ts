/** A conversation that a server of tests has, in pages as the API gives them; it counts what it gives. */
import { http, HttpResponse } from "msw";
import { server } from "./server";
import type { Entry } from "@/api/conversation";

export const TICKET = "t1";

let ticks = 0;

/** Something that was said on the ticket, or what the second argument says it is. */
export function entry(version: number, more: Partial<Entry> = {}): Entry {
  ticks += 1;
  return {
    ticket: TICKET,
    version,
    at: new Date(Date.UTC(2026, 2, 2) + ticks * 60_000).toISOString(),
    occurred_at: "2026-03-02T09:00:00Z",
    kind: "message",
    event: "ticket.message_received",
    public: true,
    message: `m${version}`,
    actor_kind: "requester",
    actor: "mina",
    channel: "web",
    body: `line ${version}`,
    format: "text",
    html: null,
    attachments: [],
    mentions: [],
    details: {},
    moved_to: null,
    ...more,
  };
}

export class Talk {
  /** Oldest first. */
  entries: Entry[];
  /** How many entries each request was given, with what it asked for. */
  readonly given: { asked: Record<string, string>; count: number }[] = [];

  constructor(length: number) {
    this.entries = Array.from({ length }, (_, n) => entry(n + 1));
  }

  /** Answer from now on, until the end of the test. */
  serve(): this {
    server.use(
      http.get("*/api/v1/tickets/:ticket/conversation", ({ request }) => {
        const asked = Object.fromEntries(new URL(request.url).searchParams);
        const page = this.#page(asked);
        this.given.push({ asked, count: page.items.length });
        return HttpResponse.json(page);
      }),
      http.get("*/api/v1/tickets/:ticket", () => HttpResponse.json({ id: TICKET, number: 1 })),
      http.get("*/api/v1/requesters/:id", ({ params }) =>
        HttpResponse.json({ id: params["id"], name: "Mina Lee" }),
      ),
      ...["agents", "teams", "queues"].map((path) =>
        http.get(`*/api/v1/${path}`, () => HttpResponse.json({ items: [], next: null })),
      ),
    );
    return this;
  }

  /** A cursor is the key of the entry that was the last one of its page. */
  #page(asked: Record<string, string>) {
    const { cursor, limit, direction, after_version, at_version } = asked;
    const own = (one: Entry) => one.ticket === TICKET;
    const found = this.entries.filter(
      (one) =>
        (after_version === undefined || (own(one) && one.version > Number(after_version))) &&
        (at_version === undefined || !own(one) || one.version <= Number(at_version)),
    );
    if (direction === "desc") found.reverse();
    const from = cursor ? found.findIndex((one) => keyOf(one) === cursor) + 1 : 0;
    const items = found.slice(from, from + Number(limit));
    const last = items.at(-1);
    return { items, next: last && from + items.length < found.length ? keyOf(last) : null };
  }
}

const keyOf = (one: Entry) => `${one.ticket}/${one.version}`;
