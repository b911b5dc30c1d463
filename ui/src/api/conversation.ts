/** What was said and done on a ticket: read from the newest backwards, and then only what is new. */
import {
  keepPreviousData,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { api, data } from "./client";
import type { components } from "./schema";
import { ticket, ticketKey } from "./tickets";

export type Entry = components["schemas"]["ConversationEntry"];
type Page = components["schemas"]["Conversation"];

/** Entries that a page opens with, as many again at each wish for earlier ones, and the most. */
const PAGE = 100;
const MOST = 500;
/** Entries that may have come between those that are read again, without another request for them. */
const MORE = 50;

/** Events that change how earlier entries show: what was merged, parted or moved. */
const RESHAPES = new Set(["ticket.absorbed", "ticket.released", "ticket.split"]);

export interface Said {
  /** Oldest first, in the runs in which they were read: what is shown of one stays as it is. */
  runs: readonly (readonly Entry[])[];
  /** Where what came before them begins; null: this is the beginning. */
  earlier: string | null;
  /** What is loaded may look otherwise by now: the next read is of all of it. */
  doubtful?: boolean;
}

/** Stable over reloads: an entry is one event of one ticket. */
export const keyOf = (entry: Entry) => `${entry.ticket}/${entry.version}`;

interface Asked {
  at_version?: number;
  after_version?: number;
  direction: "asc" | "desc";
  limit: number;
}

const pageOf = (ref: string, asked: Asked, cursor: string | null, signal?: AbortSignal) =>
  data(
    api.GET("/api/v1/tickets/{ticket}/conversation", {
      params: { path: { ticket: ref }, query: { ...asked, ...(cursor ? { cursor } : {}) } },
      ...(signal ? { signal } : {}),
    }),
  ) as Promise<Page>;

const then = (version: number | undefined) =>
  version === undefined ? {} : { at_version: version };

/**
 * The newest page at first; later what came since, and what is loaded anew when it looks otherwise.
 * With `version`, as it was after so many events.
 */
export const conversation = (ref: string, version?: number) =>
  queryOptions({
    queryKey:
      version === undefined ? ticketKey(ref, "conversation") : ticketKey(ref, "said", version),
    queryFn: async ({ client, queryKey, signal }): Promise<Said> => {
      const now = () => client.getQueryData<Said>(queryKey);
      const known = now();
      if (!known) {
        const asked = { ...then(version), direction: "desc", limit: PAGE } as const;
        const { items, next } = await pageOf(ref, asked, null, signal);
        return { runs: [items.toReversed()], earlier: next };
      }
      if (version === undefined && !known.doubtful) {
        const { id } = await client.query({ ...ticket(ref), staleTime: "static" });
        const newest = known.runs.flat().findLast((entry) => entry.ticket === id);
        const news = newest && (await since(ref, newest.version, signal));
        if (news && !news.some((entry) => RESHAPES.has(entry.event)))
          return withNews(now() ?? known, news);
      }
      return again(ref, version, () => now() ?? known, signal);
    },
    // Entries are shared by their keys: by their places they would all change when some come before.
    structuralSharing: false,
    ...(version === undefined ? {} : { staleTime: Infinity }),
  });

/** What came to the ticket itself after a version. */
async function since(ref: string, version: number, signal: AbortSignal): Promise<Entry[]> {
  const found: Entry[] = [];
  let cursor: string | null = null;
  do {
    const asked = { after_version: version, direction: "asc", limit: MOST } as const;
    const page: Page = await pageOf(ref, asked, cursor, signal);
    found.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return found;
}

function withNews(said: Said, news: readonly Entry[]): Said {
  const last = said.runs.at(-1);
  if (news.length === 0 || !last) return said;
  return { ...said, runs: said.runs.with(-1, [...last, ...news]) };
}

/** As far back as it is loaded, also when that becomes more in between. */
async function again(
  ref: string,
  version: number | undefined,
  loaded: () => Said,
  signal: AbortSignal,
): Promise<Said> {
  const found: Entry[] = [];
  let cursor: string | null = null;
  do {
    const missing = loaded().runs.flat().length - found.length;
    const limit = Math.min(MOST, Math.max(0, missing) + MORE);
    const asked = { ...then(version), direction: "desc", limit } as const;
    const page: Page = await pageOf(ref, asked, cursor, signal);
    found.push(...page.items);
    cursor = page.next;
  } while (cursor && !reaches(found, loaded().runs[0]?.[0]));
  const before = new Map(loaded().runs.flatMap((run) => run.map((one) => [keyOf(one), one])));
  const entries = found.toReversed().map((entry) => {
    const same = before.get(keyOf(entry));
    return same && JSON.stringify(same) === JSON.stringify(entry) ? same : entry;
  });
  return { runs: [entries], earlier: cursor };
}

/** Whether entries that go back in time have come to that one, or to where it would have been. */
function reaches(found: readonly Entry[], oldest: Entry | undefined): boolean {
  const last = found.at(-1);
  if (!oldest || !last) return true;
  return Date.parse(last.at) < Date.parse(oldest.at) || found.some(isSame(oldest));
}

const isSame = (one: Entry) => (other: Entry) => keyOf(one) === keyOf(other);

/** Load one more page backwards; how many entries came. */
async function readEarlier(queries: QueryClient, ref: string, version?: number): Promise<number> {
  const { queryKey } = conversation(ref, version);
  const earlier = queries.getQueryData(queryKey)?.earlier;
  if (!earlier) return 0;
  const asked = { ...then(version), direction: "desc", limit: PAGE } as const;
  const { items, next } = await pageOf(ref, asked, earlier);
  queries.setQueryData(queryKey, (now) =>
    // Read anew meanwhile: then this page lies in it, or after another one.
    now?.earlier === earlier
      ? { ...now, runs: [items.toReversed(), ...now.runs], earlier: next }
      : now,
  );
  return items.length;
}

/**
 * Entries changed in another way than by new ones: conversations that show them cannot go on from
 * what they have. Gives the tickets, as their readers asked for them, that this is about.
 */
export function doubt(
  queries: QueryClient,
  except: ReadonlySet<string>,
  shows: (entry: Entry) => boolean,
): ReadonlySet<string> {
  const doubtful = new Set<string>();
  const predicate = ({ queryKey: [root, ref, what] }: { queryKey: readonly unknown[] }) =>
    root === "ticket" && what === "conversation" && !except.has(ref as string);
  for (const [key, said] of queries.getQueriesData<Said>({ predicate }))
    if (said?.runs.some((run) => run.some(shows))) {
      queries.setQueryData<Said>(key, { ...said, doubtful: true });
      doubtful.add(key[1] as string);
    }
  return doubtful;
}

/** The conversation as far as it is loaded, and how to load more of it. */
export function useConversation(ref: string, version?: number) {
  const queries = useQueryClient();
  const found = useQuery({
    ...conversation(ref, version),
    ...(version === undefined ? {} : { placeholderData: keepPreviousData }),
  });
  const mutationKey = useMemo(() => ticketKey(ref, "earlier", version), [ref, version]);
  const { mutateAsync, isPending } = useMutation({
    mutationKey,
    mutationFn: () => readEarlier(queries, ref, version),
  });
  /** Once at a time, also before the page shows that it is under way. */
  const once = useCallback(
    () => (queries.isMutating({ mutationKey }) > 0 ? Promise.resolve(0) : mutateAsync()),
    [queries, mutationKey, mutateAsync],
  );
  const said = found.data;
  return useMemo(
    () => ({
      said,
      entries: said?.runs.flat() ?? [],
      error: found.error,
      hasEarlier: said !== undefined && said.earlier !== null,
      isReadingEarlier: isPending,
      readEarlier: once,
    }),
    [said, found.error, isPending, once],
  );
}

export type Conversing = ReturnType<typeof useConversation>;
