/** Who works here and who asks: directories, and names for ids. */
import { queryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { api, data } from "./client";
import { everything, KEPT, MOST, page } from "./pages";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Agent = Schemas["Agent"];
export type Team = Schemas["Team"];
export type Queue = Schemas["Queue"];
export type Requester = Schemas["Requester"];
export type Organisation = Schemas["Organisation"];

/** Their keys begin with the category that live news name: a change there reads them anew. */
export const agents = queryOptions({
  queryKey: ["agent", "all"],
  queryFn: () => everything<Agent>((cursor) => data(api.GET("/api/v1/agents", page(cursor)))),
  staleTime: KEPT,
});

export const teams = queryOptions({
  queryKey: ["team", "all"],
  queryFn: () => everything<Team>((cursor) => data(api.GET("/api/v1/teams", page(cursor)))),
  staleTime: KEPT,
});

export const queues = queryOptions({
  queryKey: ["queue", "all"],
  queryFn: () => everything<Queue>((cursor) => data(api.GET("/api/v1/queues", page(cursor)))),
  staleTime: KEPT,
});

export const requester = (id: string) =>
  queryOptions({
    queryKey: ["requester", id],
    queryFn: ({ signal }): Promise<Requester> =>
      data(
        api.GET("/api/v1/requesters/{requester}", { params: { path: { requester: id } }, signal }),
      ),
    staleTime: KEPT,
  });

export interface Names {
  agent: (id: string | null) => string;
  team: (id: string | null) => string;
  queue: (id: string | null) => string;
}

interface Named {
  id: string;
  name: string;
}

/** Names of colleagues, teams and queues; an id that nobody knows stays what it is. */
export function useNames(): Names {
  const [agent, team, queue] = [useQuery(agents).data, useQuery(teams).data, useQuery(queues).data];
  return useMemo(() => {
    const name = (found: readonly Named[] | undefined) => (id: string | null) =>
      found?.find((one) => one.id === id)?.name ?? id ?? "";
    return { agent: name(agent), team: name(team), queue: name(queue) };
  }, [agent, team, queue]);
}

const byId = (results: readonly { data: Named | undefined }[]) =>
  new Map(results.flatMap(({ data: one }) => (one ? [[one.id, one.name] as const] : [])));

/** Names of the requesters with these ids, as far as they are known by now. */
export function useRequesterNames(ids: readonly string[]): (id: string) => string {
  const found = useQueries({
    queries: [...new Set(ids)].map((id) => requester(id)),
    combine: byId,
  });
  return useCallback((id) => found.get(id) ?? id, [found]);
}

const organisationsNamed = (ids: readonly string[]) =>
  queryOptions({
    queryKey: ["organisation", "named", ...ids],
    queryFn: async ({ signal }): Promise<Organisation[]> => {
      const query = { id: [...ids], limit: MOST };
      return (await data(api.GET("/api/v1/organisations", { params: { query }, signal }))).items;
    },
    enabled: ids.length > 0,
    placeholderData: (before) => before, // names that are known stay while others are asked for
    staleTime: KEPT,
  });

/** Names of the organisations with these ids, as far as they are known by now. */
export function useOrganisationNames(ids: readonly (string | null)[]): (id: string) => string {
  const wanted = [...new Set(ids.filter((id) => id !== null))].sort().slice(0, MOST);
  const found = useQuery(organisationsNamed(wanted)).data;
  return (id) => found?.find((one) => one.id === id)?.name ?? id;
}
