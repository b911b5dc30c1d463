/** What only the ticket page reads: words that are in use, tickets found by search. */
import { queryOptions } from "@tanstack/react-query";
import { api, data } from "@/api/client";
import { ProblemError } from "@/api/problems";
import type { components } from "@/api/schema";
import { ticketKey, type Status } from "@/api/tickets";

export type OwnTicketRow = components["schemas"]["OwnTicketRow"];

/** What the matrix makes of impact and urgency. */
export const deskRules = queryOptions({
  queryKey: ["desk", "rules"],
  queryFn: () => data(api.GET("/api/v1/desk/rules")),
  staleTime: 300_000,
});

/** All tickets of a requester, over all channels. */
export const ticketsOf = (requester: string) =>
  queryOptions({
    queryKey: ["requester", requester, "tickets"],
    queryFn: async ({ signal }): Promise<OwnTicketRow[]> => {
      const { items } = await data(
        api.GET("/api/v1/requesters/{requester}/tickets", {
          params: { path: { requester }, query: { limit: 100 } },
          signal,
        }),
      );
      return items;
    },
  });

export interface Word {
  name: string;
  tickets: number;
}

/** Tags and categories that tickets have, the most used first. */
export const wordsInUse = (kind: "tags" | "categories", search: string) =>
  queryOptions({
    queryKey: ["words", kind, search],
    queryFn: async ({ signal }): Promise<Word[]> => {
      const path = `/api/v1/${kind}` as const;
      const query = search ? { search } : {};
      const answer = await data(api.GET(path, { params: { query }, signal }));
      return answer.items;
    },
    staleTime: 60_000,
  });

export interface FoundTicket {
  id: string;
  number: number;
  subject: string;
  status: Status;
  requester: string;
}

/** Tickets by number, subject and what was said in them. */
export const searchTickets = (text: string) =>
  queryOptions({
    queryKey: ["search", text],
    queryFn: async ({ signal }): Promise<FoundTicket[]> =>
      (
        await data(api.GET("/api/v1/search", { params: { query: { q: text } }, signal }))
      ).tickets.map((found) => found.ticket),
    enabled: text !== "",
    staleTime: 10_000,
  });

/** Tickets that are about the same. */
export const similarTickets = (ref: string) =>
  queryOptions({
    queryKey: ticketKey(ref, "similar"),
    queryFn: async ({ signal }): Promise<FoundTicket[]> =>
      (
        await data(
          api.GET("/api/v1/tickets/{ticket}/similar", {
            params: { path: { ticket: ref } },
            signal,
          }),
        )
      ).items.map((found) => found.ticket),
    retry: (failures, error) => !(error instanceof ProblemError) && failures < 3,
    staleTime: 300_000,
  });

/** Requesters by part of a name or an address. */
export const requesters = (search: string) =>
  queryOptions({
    queryKey: ["requester", "search", search],
    queryFn: async ({ signal }) => {
      const query = { limit: 50, ...(search ? { search } : {}) };
      return (await data(api.GET("/api/v1/requesters", { params: { query }, signal }))).items;
    },
    staleTime: 30_000,
  });
