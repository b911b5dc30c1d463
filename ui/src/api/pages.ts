/** Lists that are read whole: page by page, and kept until live news tell of a change. */

/** The largest page. */
export const MOST = 200;

/** Milliseconds for which such a list is taken for good. */
export const KEPT = 300_000;

interface Page<T> {
  items: T[];
  next: string | null;
}

/** All items of a list, in its order. */
export async function everything<T>(
  read: (cursor: string | null) => Promise<Page<T>>,
): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | null = null;
  do {
    const { items, next }: Page<T> = await read(cursor);
    found.push(...items);
    cursor = next;
  } while (cursor);
  return found;
}

/** The parameters of a request for a page of such a list. */
export const page = (cursor: string | null) => ({
  params: { query: { limit: MOST, ...(cursor ? { cursor } : {}) } },
});
