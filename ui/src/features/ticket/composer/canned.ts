/** Canned responses: those one may use, and one of them filled in for a ticket. */
import { queryOptions } from "@tanstack/react-query";
import { api, data } from "@/api/client";
import type { components } from "@/api/schema";

export type CannedResponse = components["schemas"]["CannedResponse"];

/** All that are in use, own and shared, by folder and name. */
export const cannedResponses = queryOptions({
  queryKey: ["canned_response", "all"],
  queryFn: async (): Promise<CannedResponse[]> => {
    const found: CannedResponse[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: CannedResponse[]; next: string | null } = await data(
        api.GET("/api/v1/canned-responses", {
          params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } },
        }),
      );
      found.push(...page.items);
      cursor = page.next;
    } while (cursor);
    return found;
  },
  staleTime: 300_000,
});

/** The text with everything filled in that the ticket knows. */
export async function rendered(id: string, ticket: string): Promise<string> {
  const answer = await data(
    api.GET("/api/v1/canned-responses/{canned_response}/rendered", {
      params: { path: { canned_response: id }, query: { ticket } },
    }),
  );
  return answer.body;
}
