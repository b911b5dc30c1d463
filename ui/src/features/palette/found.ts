/** What the desk finds for the words in the palette: tickets, and requesters. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, data } from "@/api/client";
import { ProblemError } from "@/api/problems";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];

export interface Found {
  tickets: Schemas["Found"]["tickets"];
  requesters: Schemas["Found"]["requesters"];
}

/** Milliseconds of silence after which what was typed is looked for. */
const SILENCE = 200;
/** Most tickets, and most requesters: what can be taken in at a glance. */
const MOST = 7;
/** The longest question that the API answers. */
export const LONGEST = 200;

const search = (text: string) =>
  queryOptions({
    queryKey: ["search", "palette", text],
    queryFn: async ({ signal }): Promise<Found> => {
      const query = { q: text, limit: MOST };
      const answer: Partial<Found> = await data(
        api.GET("/api/v1/search", { params: { query }, signal }),
      );
      // To a requester only tickets are told.
      return { tickets: answer.tickets ?? [], requesters: answer.requesters ?? [] };
    },
    enabled: text !== "",
    retry: (failures, error) => !(error instanceof ProblemError) && failures < 1,
    staleTime: 10_000,
  });

export type Finding =
  | { state: "idle" | "searching" }
  | { state: "found"; found: Found }
  | { state: "failed"; error: Error; again: () => void };

/** The answer to exactly this text: what was found for an earlier one is never shown for it. */
export function useFound(typed: string, mayFind: boolean): Finding {
  // Signs alone, such as the # before a number that is still to come, are nothing to look for.
  const text = mayFind && /[\p{L}\p{N}]/u.test(typed) ? typed.trim() : "";
  const [asked, ask] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => ask(text), SILENCE);
    return () => clearTimeout(timer);
  }, [text]);
  const { data: found, error, refetch, isFetching } = useQuery(search(asked));
  if (text === "") return { state: "idle" };
  if (text !== asked) return { state: "searching" };
  if (found) return { state: "found", found };
  if (error && !isFetching) return { state: "failed", error, again: () => void refetch() };
  return { state: "searching" };
}
