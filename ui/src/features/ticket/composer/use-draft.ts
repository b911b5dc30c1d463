import { useEffect, useState, useSyncExternalStore } from "react";
import { DraftKeeper } from "./draft";
import { useConnection, useNews } from "@/api/live";

/** The reader's draft for a ticket, kept up with other devices while the page is shown. */
export function useDraft(person: string, ticket: string) {
  const [keeper] = useState(() => new DraftKeeper(person, ticket));
  const state = useSyncExternalStore(keeper.subscribe, keeper.state);
  const connection = useConnection();
  useEffect(() => {
    void keeper.look();
    const leave = () => void keeper.push();
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      keeper.stop();
    };
  }, [keeper]);
  useEffect(() => {
    if (connection === "open") void keeper.push();
  }, [keeper, connection]);
  useNews("draft", (news) => {
    if (news.ticket === ticket) keeper.hear(news.revision);
  });
  const { change, rebase, takeOther, keepMine, clear } = keeper;
  return { ...state, change, rebase, takeOther, keepMine, clear };
}
