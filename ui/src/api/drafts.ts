/** What somebody is writing, kept at the desk: it survives a reload and waits on the next device. */
import type { Attachment } from "./blobs";
import { api, data } from "./client";

export type NextStatus = "open" | "pending" | "on_hold" | "resolved";

export interface Draft {
  kind: "reply" | "note";
  body: string;
  next_status: NextStatus | null;
  attachments: Attachment[];
  mentions: string[];
}

export interface KeptDraft extends Draft {
  revision: number;
  updated_at: string;
}

const PATH = "/api/v1/tickets/{ticket}/draft";

const at = (ticket: string) => ({ params: { path: { ticket } } });

/** The reader's own draft for a ticket, null when there is none. */
export async function readDraft(ticket: string): Promise<KeptDraft | null> {
  return (await data(api.GET(PATH, at(ticket)))) ?? null;
}

/**
 * Keep a draft. `revision` is the one that was seen, null when there was none.
 * Throws ProblemError `draft-changed` when another device was quicker.
 */
export async function keepDraft(
  ticket: string,
  draft: Draft,
  revision: number | null,
): Promise<KeptDraft> {
  return data(api.PUT(PATH, { ...at(ticket), body: { ...draft, revision } }));
}

/** It goes out also when the page is left at this moment. */
export async function dropDraft(ticket: string): Promise<void> {
  await data(api.DELETE(PATH, { ...at(ticket), keepalive: true }));
}
