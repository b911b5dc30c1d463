/** Who is on the ticket: say so oneself while the page is looked at, and hear of the others. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { api, data } from "@/api/client";
import { presenceKey, type Present } from "@/api/live";

/** Milliseconds between two signs of life, and how long after the last key one still writes. */
const BEAT = 10_000;
const WRITES = 6_000;

const present = (ticket: string) =>
  queryOptions({
    queryKey: presenceKey(ticket),
    queryFn: async (): Promise<Present[]> => {
      const answer = await data(
        api.GET("/api/v1/tickets/{ticket}/presence", { params: { path: { ticket } } }),
      );
      return answer.people;
    },
  });

/** The others on the ticket, who came first first, and what to call when one types. */
export function usePresence(ticket: string, me: string, works: boolean) {
  const found = useQuery({ ...present(ticket), enabled: ticket !== "" }).data ?? [];
  const typed = useRef(0);
  const said = useRef<"viewing" | "typing" | null>(null);
  const say = useCallback(() => {
    if (document.hidden) return;
    const activity = Date.now() - typed.current < WRITES ? "typing" : "viewing";
    said.current = activity;
    const at = { params: { path: { ticket } } };
    // A sign of life that is lost is made up for by the next one.
    void api
      .PUT("/api/v1/tickets/{ticket}/presence", { ...at, body: { activity, window: WINDOW } })
      .catch(() => undefined);
  }, [ticket]);
  useEffect(() => {
    if (!works || !ticket) return;
    say();
    const timer = setInterval(say, BEAT);
    const settle = setInterval(() => {
      if (said.current === "typing" && Date.now() - typed.current >= WRITES) say();
    }, 1_000);
    const leave = () => {
      clearInterval(timer);
      clearInterval(settle);
      void api
        .DELETE("/api/v1/tickets/{ticket}/presence", {
          params: { path: { ticket }, query: { window: WINDOW } },
          keepalive: true,
        })
        .catch(() => undefined);
    };
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      leave();
    };
  }, [say, ticket, works]);
  const typing = useCallback(() => {
    typed.current = Date.now();
    if (works && said.current !== "typing") say();
  }, [say, works]);
  return { others: found.filter((one) => one.person !== me), typing };
}

/** Names this window among those of the same person. */
const WINDOW = Math.random().toString(36).slice(2, 10);
