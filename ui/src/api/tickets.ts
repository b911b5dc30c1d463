/** Tickets as they are and were: what several pages read of them. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, data } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Ticket = Schemas["Ticket"];
export type TicketThen = Schemas["TicketThen"];
export type TicketRow = Schemas["TicketRow"];
export type Clock = Schemas["ExplainedClock"];
export type EventOfTicket = Schemas["TicketEvent"];
export type Status = Schemas["Status"];
export type Priority = Schemas["Priority"];
export type Level = Schemas["Level"];
export type Relation = Schemas["Relation"];

/** The largest page that the API gives, and of how many tickets it is asked at once. */
const MOST_EVENTS = 1_000;
const MOST_NAMED = 50;

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

/** The tickets with these ids, in one go: what a page says of others than its own. */
const ticketsNamed = (ids: readonly string[]) =>
  queryOptions({
    queryKey: ["tickets", "named", ...ids],
    queryFn: async ({ signal }): Promise<TicketRow[]> => {
      const parts = [];
      for (let at = 0; at < ids.length; at += MOST_NAMED) {
        const query = { id: ids.slice(at, at + MOST_NAMED), limit: MOST_NAMED };
        parts.push(data(api.GET("/api/v1/tickets", { params: { query }, signal })));
      }
      return (await Promise.all(parts)).flatMap((part) => part.items as TicketRow[]);
    },
    enabled: ids.length > 0,
  });

/** What is known of other tickets, by their ids. */
export function useTicketsNamed(ids: readonly string[]): ReadonlyMap<string, TicketRow> {
  const found = useQuery(ticketsNamed([...new Set(ids)].sort())).data;
  return useMemo(() => new Map(found?.map((row) => [row.id, row])), [found]);
}

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

/** Everything that happened to a ticket. It is only added to, so it is read on from what is known. */
export const ticketEvents = (ref: string) =>
  queryOptions({
    queryKey: ticketKey(ref, "events"),
    queryFn: async ({ client, queryKey, signal }): Promise<EventOfTicket[]> => {
      const events = [...(client.getQueryData<EventOfTicket[]>(queryKey) ?? [])];
      let after: number | null = events.at(-1)?.version ?? 0;
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
    queryFn: async ({ signal }) => {
      // The client takes a pair, such as opening and closing, for a list of any length.
      const found: unknown = await data(
        api.GET("/api/v1/tickets/{ticket}/clocks", { params: { path: { ticket: ref } }, signal }),
      );
      return found as Schemas["TicketClocks"];
    },
  });
