/** Which entries of a conversation stand together: messages by themselves, changes in a row folded. */
import { keyOf, type Entry } from "@/api/conversation";

export type Block =
  | { kind: "message"; key: string; entry: Entry }
  | { kind: "events"; key: string; entries: Entry[] };

/** Words that somebody said are a block each; what was done between them is one block. */
export function blocks(entries: readonly Entry[]): Block[] {
  const found: Block[] = [];
  for (const entry of entries) {
    const last = found.at(-1);
    if (entry.kind !== "event") found.push({ kind: "message", key: keyOf(entry), entry });
    else if (last?.kind === "events") last.entries.push(entry);
    else found.push({ kind: "events", key: keyOf(entry), entries: [entry] });
  }
  return found;
}
