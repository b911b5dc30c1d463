/** What is known of tickets, and what of it has to be looked at again. */
import type { QueryClient } from "@tanstack/react-query";
import { readAnew } from "./anew";
import { doubt } from "./conversation";
import { ticket, type Ticket } from "./tickets";

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

/**
 * The log may be another one, in which versions say nothing about those of before: what is read on
 * from what is known has to be read from its beginning.
 */
export function forgetWhatWasDone(queries: QueryClient): void {
  queries.removeQueries({ queryKey: ["done"] });
  doubt(queries, new Set(), () => true);
  void queries.resetQueries({ predicate: ({ queryKey: [root, , what] }) => isEvents(root, what) });
}

const isEvents = (root: unknown, what: unknown) => root === "ticket" && what === "events";

/**
 * Read anew what is shown of a ticket; its past stays what it was. It may show on the pages of others
 * as well: in conversations into which it was merged, and by its name.
 */
export async function lookAgain(
  queries: QueryClient,
  id: string,
  number: number | null,
): Promise<void> {
  const refs = new Set([id, String(number)]);
  const others = doubt(queries, refs, (entry) => entry.ticket === id);
  await readAnew(queries, {
    predicate: ({ queryKey }) => {
      const [root, ref, what] = queryKey;
      if (root === "tickets") return ref === "named" && queryKey.includes(id);
      if (root !== "ticket" || what === "then" || what === "said") return false;
      return refs.has(ref as string) || (what === "conversation" && others.has(ref as string));
    },
  });
}
