/** One change on many tickets: tried first, then done, and taken back if it was not meant. */
import { api, data, newCommandId } from "./client";
import { persistently, type FieldsOf, type TicketCommand } from "./commands";
import type { components } from "./schema";

export type BulkResult = components["schemas"]["BulkResult"];

/** Tickets of one call. */
const MOST = 500;

export interface BulkTicket {
  ticket: string;
  seen?: number;
  fields?: Record<string, unknown>;
}

export interface Bulk {
  command: TicketCommand;
  fields: Record<string, unknown>;
  tickets: readonly BulkTicket[];
}

/** A bulk of one command, with its fields checked. */
export const bulkOf = <Name extends TicketCommand>(
  command: Name,
  fields: FieldsOf<Name>,
  tickets: readonly BulkTicket[],
): Bulk => ({ command, fields: fields, tickets });

/**
 * Ask for it on each ticket; `onProgress` hears how many have their answer. What is refused on one
 * is done on the others all the same: each result says what became of its ticket.
 */
export async function askInBulk(
  { command, fields, tickets }: Bulk,
  { dryRun = false, onProgress }: { dryRun?: boolean; onProgress?: (done: number) => void } = {},
): Promise<BulkResult[]> {
  const results: BulkResult[] = [];
  for (let at = 0; at < tickets.length; at += MOST) {
    const id = newCommandId();
    const part = tickets.slice(at, at + MOST);
    const answer = await persistently(() =>
      data(
        api.POST("/api/v1/bulk", {
          params: { header: { "Idempotency-Key": id } },
          body: {
            command,
            fields,
            tickets: part.map((one) => ({ fields: {}, ...one })),
            dry_run: dryRun,
          },
        }),
      ),
    );
    results.push(...answer.results);
    onProgress?.(results.length);
  }
  return results;
}

/** Take back what a bulk did: the latest event of each ticket first, until all of them are undone. */
export async function undoBulk(results: readonly BulkResult[]): Promise<BulkResult[]> {
  const left = new Map(
    results
      .filter((one) => one.changed)
      .map((one) => [one.ticket, one.events.map((event) => event.id)]),
  );
  const refused: BulkResult[] = [];
  while (left.size > 0) {
    const tickets: BulkTicket[] = [];
    for (const [ticket, events] of left) {
      const event = events.pop();
      if (event === undefined) left.delete(ticket);
      else tickets.push({ ticket, fields: { event } });
    }
    if (tickets.length === 0) break;
    for (const result of await askInBulk({ command: "undo", fields: {}, tickets }))
      if (!result.ok) {
        refused.push(result);
        left.delete(result.ticket);
      }
  }
  return refused;
}
