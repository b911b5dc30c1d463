/** The views of the queue: those that every desk has, and those that people saved. */
import { queryOptions } from "@tanstack/react-query";
import { api, data } from "./client";
import type { components } from "./schema";

export type SavedView = components["schemas"]["SavedView"] & {
  tickets?: number | null;
  capped?: boolean;
};
export type View = components["schemas"]["View"];

/** Views of every desk and queues, each with the number of its tickets. */
export const counters = queryOptions({
  queryKey: ["counters", "desk"],
  queryFn: ({ signal }) => data(api.GET("/api/v1/views", { signal })),
});

/** Saved views that the reader may open, with the number of tickets in each. */
export const savedViews = queryOptions({
  queryKey: ["saved_view", "all"],
  queryFn: async ({ signal }): Promise<SavedView[]> => {
    const page = await data(
      api.GET("/api/v1/saved-views", { params: { query: { counters: true, limit: 200 } }, signal }),
    );
    return page.items as SavedView[];
  },
});
