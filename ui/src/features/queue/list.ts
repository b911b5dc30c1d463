/** The tickets of a list: pages that are fetched ahead, and changes that arrive in place. */
import {
  infiniteQueryOptions,
  useInfiniteQuery,
  useQueryClient,
  type InfiniteData,
} from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { keyOf, parametersOf, type Wanted } from "./wanted";
import { readAnew } from "@/api/anew";
import { api, data } from "@/api/client";
import { useNews, type TicketNews } from "@/api/live";
import type { TicketRow } from "@/api/tickets";

const PAGE = 100;

interface Page {
  items: TicketRow[];
  next: string | null;
}

/** Any parameters that GET /tickets takes; it says itself which it does not. */
export function askForTickets(parameters: URLSearchParams, signal?: AbortSignal): Promise<Page> {
  return data(
    api.GET("/api/v1/tickets", {
      params: { query: {} },
      querySerializer: () => parameters.toString(),
      ...(signal ? { signal } : {}),
    }),
  ) as Promise<Page>;
}

export const listKey = (wanted: Wanted) => ["tickets", keyOf(wanted)] as const;

export const tickets = (wanted: Wanted) =>
  infiniteQueryOptions({
    queryKey: listKey(wanted),
    queryFn: ({ pageParam, signal }) => {
      const parameters = parametersOf(wanted);
      parameters.set("limit", String(PAGE));
      if (pageParam) parameters.set("cursor", pageParam);
      return askForTickets(parameters, signal);
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    // Live news keep it up to date, without rows that jump.
    refetchOnWindowFocus: false,
    staleTime: Infinity,
  });

/** Milliseconds in which changes gather before the server is asked which of them belong here. */
const GATHER = 250;

/** Tickets that the server is asked about at once. */
const MOST_ASKED = 50;

export interface TicketListing {
  rows: readonly TicketRow[];
  /** Rows that do not belong here any more: they stay where they are until the list is read anew. */
  gone: ReadonlySet<string>;
  /** Tickets that belong here now and are not shown yet, or moved elsewhere in the order. */
  news: number;
  isPending: boolean;
  error: Error | null;
  hasMore: boolean;
  isFetchingMore: boolean;
  fetchMore: () => void;
  /** Read the list anew. */
  renew: () => void;
}

export function useTicketListing(wanted: Wanted): TicketListing {
  const queries = useQueryClient();
  const found = useInfiniteQuery(tickets(wanted));
  const key = keyOf(wanted);
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data]);
  const { arrived, gone, forget } = useArrivals(wanted, key, rows);

  const renew = useCallback(() => {
    forget();
    const listed = listKey(wanted);
    // Only the first page: what lies further down is fetched again when somebody goes there.
    queries.setQueryData<InfiniteData<Page, string>>(
      listed,
      (known) =>
        known && { pages: known.pages.slice(0, 1), pageParams: known.pageParams.slice(0, 1) },
    );
    void queries.invalidateQueries({ queryKey: listed });
  }, [forget, queries, wanted]);

  const { fetchNextPage, hasNextPage, isFetchingNextPage } = found;
  const fetchMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetchingNextPage]);
  return {
    rows,
    gone,
    news: arrived.size,
    isPending: found.isPending,
    error: found.error,
    hasMore: hasNextPage,
    isFetchingMore: isFetchingNextPage,
    fetchMore,
    renew,
  };
}

/** Follows the news: rows change in place, and the server says what has come and what has gone. */
function useArrivals(wanted: Wanted, key: string, rows: readonly TicketRow[]) {
  const queries = useQueryClient();
  const [arrived, setArrived] = useState<ReadonlySet<string>>(new Set());
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const changed = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const shown = useRef(rows);
  useEffect(() => {
    shown.current = rows;
  }, [rows]);
  const forget = useCallback(() => {
    clearTimeout(timer.current);
    changed.current.clear();
    setArrived(new Set());
    setGone(new Set());
  }, []);
  useEffect(() => forget, [forget, key]);

  const look = async () => {
    const asked = [...changed.current].slice(0, MOST_ASKED);
    for (const id of asked) changed.current.delete(id);
    if (changed.current.size > 0) lookSoon();
    const parameters = parametersOf(wanted);
    for (const id of asked) parameters.append("id", id);
    const here = new Set((await askForTickets(parameters)).items.map((row) => row.id));
    const listed = new Set(shown.current.map((row) => row.id));
    setArrived((before) => changedSet(before, asked, (id) => here.has(id) && !listed.has(id)));
    setGone((before) => changedSet(before, asked, (id) => !here.has(id) && listed.has(id)));
  };
  const lookSoon = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      // What cannot be asked now is seen when the list is read anew.
      look().catch(() => undefined);
    }, GATHER);
  };
  useNews("ticket", ({ ticket, row }: TicketNews) => {
    if (wanted.as_of) return;
    const listed = listKey(wanted);
    if (queries.getQueryData(listed) === undefined) void readAnew(queries, { queryKey: listed });
    if (row) putRow(queries.setQueryData.bind(queries), listed, row);
    changed.current.add(ticket);
    lookSoon();
  });
  return { arrived, gone, forget };
}

function changedSet(
  before: ReadonlySet<string>,
  asked: readonly string[],
  belongs: (id: string) => boolean,
): ReadonlySet<string> {
  const after = new Set(before);
  for (const id of asked)
    if (belongs(id)) after.add(id);
    else after.delete(id);
  return after;
}

type SetData = (
  key: readonly unknown[],
  change: (known: InfiniteData<Page> | undefined) => InfiniteData<Page> | undefined,
) => unknown;

/** Put a newer row in the place of the one that is shown; all other rows stay the same objects. */
function putRow(setData: SetData, key: readonly unknown[], row: TicketRow): void {
  setData(key, (known) => {
    const at = known?.pages.findIndex((page) => page.items.some((one) => one.id === row.id)) ?? -1;
    const page = known?.pages[at];
    if (!known || !page) return known;
    const items = page.items.map((one) =>
      one.id === row.id && one.version <= row.version ? row : one,
    );
    return { ...known, pages: known.pages.with(at, { ...page, items }) };
  });
}
