/** Names of the requesters in a list: asked for together, kept for good. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { api, data } from "@/api/client";
import { requester } from "@/api/people";

/** Milliseconds in which rows gather while somebody scrolls. */
const GATHER = 60;

export function useRequesters(ids: readonly string[]): (id: string) => string {
  const queries = useQueryClient();
  const [, redraw] = useState(0);
  const name = useCallback(
    (id: string) => queries.getQueryData(requester(id).queryKey)?.name ?? "",
    [queries],
  );
  const missing = [...new Set(ids)]
    .filter((id) => id && !name(id))
    .sort()
    .join("\n");
  useEffect(() => {
    if (!missing) return;
    const timer = setTimeout(() => {
      const id = missing.split("\n").slice(0, 200);
      data(api.GET("/api/v1/requesters", { params: { query: { id, limit: 200 } } }))
        .then(({ items }) => {
          for (const one of items) queries.setQueryData(requester(one.id).queryKey, one);
          redraw((n) => n + 1);
        })
        .catch(() => undefined); // The id is shown until it works.
    }, GATHER);
    return () => clearTimeout(timer);
  }, [missing, queries]);
  return (id) => name(id) || id;
}
