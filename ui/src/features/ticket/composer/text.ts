/** What the text of a draft says about itself. */
import type { Entry } from "@/api/conversation";
import type { Draft } from "@/api/drafts";

/** What others wrote to or from the requester since one began to write. */
export function newSince(
  entries: readonly Entry[],
  ticket: string,
  base: number | null,
  me: string,
  nothing: boolean,
): Entry[] {
  if (base === null || nothing) return [];
  return entries.filter(
    (entry) =>
      entry.ticket === ticket &&
      entry.version > base &&
      entry.actor !== me &&
      entry.kind !== "note",
  );
}

/** Those who were chosen and still stand in the text. */
export function mentioned(
  draft: Draft,
  people: { id: string; name: string }[] | undefined,
): string[] {
  return draft.mentions.filter((id) => {
    const name = people?.find((one) => one.id === id)?.name;
    return name !== undefined && draft.body.includes(`@${name}`);
  });
}
