/** What one is told of: mentions, work that was given, what others wrote, what a clock reached. */
import {
  infiniteQueryOptions,
  useMutation,
  useQueryClient,
  type InfiniteData,
} from "@tanstack/react-query";
import { api, data } from "@/api/client";
import type { components } from "@/api/schema";

export type Notification = components["schemas"]["Notification"];
type Page = components["schemas"]["Notifications"];

const KEY = ["notifications"] as const;

export const notifications = infiniteQueryOptions({
  queryKey: KEY,
  queryFn: ({ pageParam, signal }) =>
    data(
      api.GET("/api/v1/notifications", {
        params: { query: pageParam ? { after: pageParam } : {} },
        signal,
      }),
    ),
  initialPageParam: "",
  getNextPageParam: (page) => page.next ?? undefined,
});

/** Say what was read: some by their ids, or all. It shows at once; the desk's count comes after. */
export function useMarkRead() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (ids: readonly string[] | "all") =>
      data(
        api.POST("/api/v1/notifications/read", {
          body: ids === "all" ? { all: true } : { ids: [...ids] },
        }),
      ),
    onMutate: (ids) => {
      queries.setQueryData<InfiniteData<Page, string>>(
        KEY,
        (known) => known && { ...known, pages: known.pages.map((page) => marked(page, ids)) },
      );
    },
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

function marked(page: Page, ids: readonly string[] | "all"): Page {
  const isRead = (one: Notification) => one.read || ids === "all" || ids.includes(one.id);
  const news = page.items.filter((one) => !one.read && isRead(one)).length;
  return {
    ...page,
    items: page.items.map((one) => ({ ...one, read: isRead(one) })),
    unread: ids === "all" ? 0 : Math.max(0, page.unread - news),
  };
}
