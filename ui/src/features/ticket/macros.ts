/** Macros one may use: several changes of a ticket at once. */
import { queryOptions } from "@tanstack/react-query";
import { api, data } from "@/api/client";
import type { components } from "@/api/schema";

export type Macro = components["schemas"]["Macro"];

export const macros = queryOptions({
  queryKey: ["macro", "all"],
  queryFn: async (): Promise<Macro[]> =>
    (await data(api.GET("/api/v1/macros", { params: { query: { limit: 200 } } }))).items,
  staleTime: 300_000,
});
