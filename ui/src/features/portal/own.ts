/** What a requester reads and asks for: their own tickets, and of them what is public. */
import { infiniteQueryOptions } from "@tanstack/react-query";
import type { Attachment } from "@/api/blobs";
import { api, data, newCommandId } from "@/api/client";
import { persistently } from "@/api/commands";
import type { Entry } from "@/api/conversation";
import { ticket, type Status, type Ticket } from "@/api/tickets";

/** A line of the list, as the API gives it to a requester. */
export interface OwnRow {
  id: string;
  number: number;
  subject: string;
  status: Status;
  opened_at: string;
  updated_at: string;
  answered_at: string | null;
  messages: number;
}

/** A ticket as its requester sees it: less than staff do. */
export type OwnTicket = Pick<
  Ticket,
  | "id"
  | "number"
  | "subject"
  | "status"
  | "version"
  | "opened_at"
  | "satisfaction"
  | "allowed_commands"
>;

export type OwnEntry = Entry;

export type Kind = "open" | "done";

const STATUSES: Record<Kind, readonly Status[]> = {
  open: ["new", "open", "pending", "on_hold"],
  done: ["resolved", "closed", "merged", "cancelled"],
};

export const ownTickets = (kind: Kind) =>
  infiniteQueryOptions({
    // The news of a ticket reads it anew, as it does everything that begins with "tickets".
    queryKey: ["tickets", "own", kind],
    queryFn: async ({ pageParam, signal }) =>
      (await data(
        api.GET("/api/v1/tickets", {
          params: {
            query: {
              status: [...STATUSES[kind]],
              limit: 50,
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
          signal,
        }),
      )) as unknown as { items: OwnRow[]; next: string | null }, // the client knows staff's rows
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const ownTicket = (number: string) => ticket(number);

export interface NewRequest {
  subject: string;
  description: string;
  attachments: Attachment[];
}

/** Open a ticket; gives its number. The same `id` opens it once, however often it is sent. */
export async function openRequest(
  request: NewRequest,
  id: string,
  language: string,
): Promise<number> {
  const opened = await persistently(() =>
    data(
      api.POST("/api/v1/tickets", {
        params: { header: { "Idempotency-Key": id } },
        body: { ...request, channel: "web", language },
      }),
    ),
  );
  return opened.ticket.number;
}

type Ask =
  | { name: "receive_message"; fields: { body: string; attachments: Attachment[]; channel: "web" } }
  | { name: "close"; fields: null }
  | { name: "reopen"; fields: { reason: string } }
  | { name: "rate"; fields: { score: number; comment: string } };

/** Ask for a change of one's own ticket. */
export async function askFor(
  number: string,
  { name, fields }: Ask,
  id = newCommandId(),
): Promise<void> {
  // The paths differ in their last word alone, and the type above says which body goes with which.
  const path = `/api/v1/tickets/{ticket}/${name}` as "/api/v1/tickets/{ticket}/rate";
  await persistently(() =>
    data(
      api.POST(path, {
        params: {
          path: { ticket: number },
          header: { "Idempotency-Key": id, "If-Match": "*" },
        },
        ...(fields
          ? { body: fields as { score: number; comment: string } }
          : ({} as { body: never })),
      }),
    ),
  );
}
