/** Changes of the ticket on the page: shown at once, taken back when refused, undone on demand. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useTranslations } from "use-intl";
import type { Ask } from "./context";
import {
  command,
  meanwhile,
  type Commanded,
  type Meanwhile,
  type TicketEvent,
} from "@/api/commands";
import { learn, lookAgain } from "@/api/following";
import { ticket as ticketQuery, type Ticket } from "@/api/tickets";
import { useProblemText } from "@/components/problem-text";
import { useTell } from "@/components/toasts";

/** Kinds of events that stay: somebody outside has seen them, or they are what was said. */
const STAYS = new Set([
  "ticket.opened",
  "ticket.acknowledged",
  "ticket.message_received",
  "ticket.reply_sent",
  "ticket.note_added",
  "ticket.split",
  "ticket.closed",
  "ticket.unmerged",
  "ticket.released",
  "ticket.status_restored",
  "ticket.satisfaction_asked",
  "ticket.agent_notified",
]);

/** The events that can be taken back, the last one first; what a macro did goes back with it. */
export function undoable(events: readonly TicketEvent[], ticket: string): TicketEvent[] {
  const own = events.filter((event) => event.ticket === ticket);
  const macro = own.find((event) => event.kind === "ticket.macro_applied");
  return macro ? [macro] : own.filter((event) => !STAYS.has(event.kind)).reverse();
}

/** A refused change, what happened instead, and how to go on. */
export interface Collision extends Meanwhile {
  what: string;
  goOn: () => void;
}

export function useAsk(ref: string, shown: Ticket | undefined) {
  const t = useTranslations("ticket.tell");
  const common = useTranslations("common");
  const queries = useQueryClient();
  const tell = useTell();
  const words = useProblemText();
  const [collision, setCollision] = useState<Collision | null>(null);

  const take = useCallback(
    (answer: Commanded) => {
      learn(queries, answer.ticket);
      void lookAgain(queries, answer.id, answer.ticket.number);
    },
    [queries],
  );

  const undo = useCallback(
    async (ticket: string, events: readonly TicketEvent[]) => {
      try {
        for (const event of events) take(await command(ticket, "undo", { event: event.id }));
        tell({ text: t("undone") });
      } catch (error) {
        tell({ kind: "refused", text: words(error) });
      }
    },
    [take, tell, t, words],
  );

  const done = useCallback(
    (answer: Commanded, what: string) => {
      const back = undoable(answer.events, answer.id);
      tell({
        text: answer.changed ? t("done", { what }) : t("already"),
        ...(back.length > 0 && {
          action: { label: common("undo"), run: () => void undo(answer.id, back) },
        }),
      });
    },
    [tell, t, common, undo],
  );

  const ask = useCallback<Ask>(
    async function asking(name, fields, { what, expected, seen, quiet }) {
      if (!shown) return null;
      const key = ticketQuery(ref).queryKey;
      const before = queries.getQueryData(key);
      if (expected && before) queries.setQueryData(key, { ...before, ...expected });
      try {
        const answer = await command(shown.id, name, fields, { seen: seen ?? shown.version });
        take(answer);
        if (!quiet) done(answer, what);
        return answer;
      } catch (error) {
        if (expected && before) queries.setQueryData(key, before);
        const between = meanwhile(error);
        if (between)
          setCollision({
            ...between,
            what,
            goOn: () => {
              setCollision(null);
              void asking(name, fields, { what, seen: between.version });
            },
          });
        else tell({ kind: "refused", text: words(error) });
        void lookAgain(queries, shown.id, shown.number);
        return null;
      }
    },
    [ref, shown, queries, take, done, tell, words],
  );
  const taken = useCallback(
    (answer: Commanded, what: string) => {
      take(answer);
      done(answer, what);
    },
    [take, done],
  );
  return { ask, taken, collision, leave: () => setCollision(null) };
}
