/** Tickets as they are and were: what several pages read of them. */
import { queryOptions, type QueryClient } from "@tanstack/react-query";
import { readAnew } from "./anew";
import { api, data } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Ticket = Schemas["Ticket"];
export type TicketThen = Schemas["TicketThen"];
export type TicketRow = Schemas["TicketRow"];
export type Entry = Schemas["ConversationEntry"];
export type Clock = Schemas["ExplainedClock"];
export type EventOfTicket = Schemas["TicketEvent"];
export type Status = Schemas["Status"];
export type Priority = Schemas["Priority"];
export type Level = Schemas["Level"];
export type Relation = Schemas["Relation"];

/** The largest pages that the API gives. */
const MOST_ENTRIES = 500;
const MOST_EVENTS = 1_000;

/**
 * Everything about a ticket is kept under `["ticket", ref, ...]`, where `ref` is its number or id
 * as the reader asked for it.
 */
export const ticketKey = (ref: string, ...more: unknown[]) => ["ticket", ref, ...more] as const;

export const ticket = (ref: string) =>
  queryOptions({
    queryKey: ticketKey(ref, "now"),
    queryFn: async ({ signal }): Promise<Ticket> =>
      (await data(
        api.GET("/api/v1/tickets/{ticket}", { params: { path: { ticket: ref } }, signal }),
      )) as Ticket,
  });

/** The ticket as it was after so many events. The past does not change. */
export const ticketThen = (ref: string, version: number) =>
  queryOptions({
    queryKey: ticketKey(ref, "then", version),
    queryFn: async ({ signal }): Promise<TicketThen> =>
      (await data(
        api.GET("/api/v1/tickets/{ticket}", {
          params: { path: { ticket: ref }, query: { at_version: version } },
          signal,
        }),
      )) as TicketThen,
    staleTime: Infinity,
  });

/** The whole conversation, oldest first. With `version`, as it was after so many events. */
export const conversation = (ref: string, version?: number) =>
  queryOptions({
    queryKey:
      version === undefined ? ticketKey(ref, "conversation") : ticketKey(ref, "said", version),
    queryFn: async ({ signal }): Promise<Entry[]> => {
      const entries: Entry[] = [];
      let cursor: string | null = null;
      do {
        const page: Schemas["Conversation"] = await data(
          api.GET("/api/v1/tickets/{ticket}/conversation", {
            params: {
              path: { ticket: ref },
              query: {
                limit: MOST_ENTRIES,
                ...(cursor ? { cursor } : {}),
                ...(version === undefined ? {} : { at_version: version }),
              },
            },
            signal,
          }),
        );
        entries.push(...page.items);
        cursor = page.next;
      } while (cursor);
      return entries;
    },
    ...(version === undefined ? {} : { staleTime: Infinity }),
  });

/** Everything that happened to a ticket, with the names and times of each event. */
export const ticketEvents = (ref: string) =>
  queryOptions({
    queryKey: ticketKey(ref, "events"),
    queryFn: async ({ signal }): Promise<EventOfTicket[]> => {
      const events: EventOfTicket[] = [];
      let after: number | null = 0;
      do {
        const page: Schemas["TicketEvents"] = await data(
          api.GET("/api/v1/tickets/{ticket}/events", {
            params: { path: { ticket: ref }, query: { after, limit: MOST_EVENTS } },
            signal,
          }),
        );
        events.push(...page.items);
        after = page.next_after;
      } while (after !== null);
      return events;
    },
  });

/** The ticket's clocks, how each came to stand where it stands, and the same in words. */
export const clocks = (ref: string) =>
  queryOptions({
    queryKey: ticketKey(ref, "clocks"),
    queryFn: async ({ signal }): Promise<Schemas["TicketClocks"]> =>
      (await data(
        api.GET("/api/v1/tickets/{ticket}/clocks", { params: { path: { ticket: ref } }, signal }),
      )) as Schemas["TicketClocks"],
  });

const doneKey = (id: string) => ["done", id] as const;

/** Put what a command answered in the place of what was known; nothing older takes it away. */
export function learn(queries: QueryClient, found: Ticket): void {
  queries.setQueryData(doneKey(found.id), found.version);
  for (const ref of [found.id, String(found.number)]) {
    const key = ticket(ref).queryKey;
    const known = queries.getQueryData(key);
    if (known && known.version <= found.version) queries.setQueryData(key, found);
  }
}

/**
 * Whether something may not be on the page yet. What was done here is: what is read after a command
 * waits for it. The version of a ticket that was read does not tell, as its conversation and clocks
 * may have been read before they knew of it.
 */
export const isNews = (queries: QueryClient, id: string, version: number): boolean =>
  (queries.getQueryData<number>(doneKey(id)) ?? 0) < version;

/** The log may be another one, in which versions say nothing about those of before. */
export function forgetWhatWasDone(queries: QueryClient): void {
  queries.removeQueries({ queryKey: ["done"] });
}

/** Read anew what is shown of a ticket; its past stays what it was. */
export async function lookAgain(
  queries: QueryClient,
  id: string,
  number: number | null,
): Promise<void> {
  const refs = new Set([id, String(number)]);
  await readAnew(queries, {
    predicate: ({ queryKey: [root, ref, what] }) =>
      root === "ticket" && refs.has(ref as string) && what !== "then" && what !== "said",
  });
}
