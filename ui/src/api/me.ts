/** Who is signed in, and what they may do. */
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { api } from "./client";
import { UnreachableError } from "./problems";
import type { components } from "./schema";
import { session } from "./session";

export type Me = components["schemas"]["Me"];
export type Role = Me["role"];

export const me = queryOptions({
  queryKey: ["me"],
  queryFn: async (): Promise<Me> => {
    const { data: found, response } = await api.GET("/api/v1/me");
    if (!found) throw new UnreachableError();
    session.enter(found.csrf, response.headers.get("X-Chronodesk-Position"));
    return found;
  },
  staleTime: Infinity,
});

/** The person who is signed in; for pages inside. */
export function useMe(): Me {
  return useSuspenseQuery(me).data;
}
