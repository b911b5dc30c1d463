/** What may be out of date is read again, also when it is just being read for the first time. */
import type { QueryClient, QueryFilters } from "@tanstack/react-query";

/**
 * As `invalidateQueries`, which leaves alone what has no data yet: a first read that is under way
 * may have begun before the news, so such a one is read once more when it has come.
 */
export async function readAnew(queries: QueryClient, which: QueryFilters = {}): Promise<void> {
  const early = queries
    .getQueryCache()
    .findAll({ ...which, fetchStatus: "fetching" })
    .filter((query) => query.state.data === undefined);
  const again = early.map(async (query) => {
    await query.promise?.catch(() => undefined);
    await queries.invalidateQueries({ queryKey: query.queryKey, exact: true });
  });
  await Promise.all([queries.invalidateQueries(which), ...again]);
}
