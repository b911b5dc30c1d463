/** A canned response, filled in for a ticket. */
import { api, data } from "@/api/client";

/** The text with everything filled in that the ticket knows. */
export async function rendered(id: string, ticket: string): Promise<string> {
  const answer = await data(
    api.GET("/api/v1/canned-responses/{canned_response}/rendered", {
      params: { path: { canned_response: id }, query: { ticket } },
    }),
  );
  return answer.body;
}
