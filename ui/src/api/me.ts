/** Who is signed in, and what they may do. */
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { api, data } from "./client";
import { session } from "./session";

export type Role = "requester" | "agent" | "lead" | "auditor" | "analyst" | "admin";

export interface Me {
  person: string;
  role: Role;
  name: string;
  workspace: string;
  csrf: string | null;
  permissions: string[];
}

export const me = queryOptions({
  queryKey: ["me"],
  queryFn: async (): Promise<Me> => {
    const found = (await data(api.GET("/api/v1/me"))) as unknown as Me;
    session.enter(found.csrf);
    return found;
  },
  staleTime: Infinity,
});

/** The person who is signed in; for pages inside. */
export function useMe(): Me {
  return useSuspenseQuery(me).data;
}
