/**
 * Changes of the ticket on the page: shown at once, taken back when refused, undone on demand.
 *
 * They go out one after the other, as hands are faster than answers: a later one finds what an
 * earlier one did.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import type { Ask } from "./context";
import { OwnSteps } from "./own-steps";
import {
  command,
  meanwhile,
  type Commanded,
  type Meanwhile,
  type TicketEvent,
} from "@/api/commands";
import { learn, lookAgain } from "@/api/following";
import type { Ticket } from "@/api/tickets";
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

type Expected = Partial<Ticket>;

/** `known` is the ticket as it was read; what comes back has on top of it what has no answer yet. */
export function useAsk(known: Ticket) {
  const t = useTranslations("ticket.tell");
  const common = useTranslations("common");
  const queries = useQueryClient();
  const tell = useTell();
  const words = useProblemText();
  const [collision, setCollision] = useState<Collision | null>(null);
  const [waiting, setWaiting] = useState<readonly Expected[]>([]);
  const line = useRef<Promise<unknown>>(Promise.resolve());
  const steps = useRef(new OwnSteps());
  const shown = useMemo(
    () => waiting.reduce<Ticket>((ticket, expected) => ({ ...ticket, ...expected }), known),
    [known, waiting],
  );
  const { id, number, version } = known;

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

  /** Ask once all that was asked for before has an answer. */
  const inLine = useCallback(
    (name: Parameters<Ask>[0], fields: Parameters<Ask>[1], seen: number): Promise<Commanded> => {
      const answered = line.current.then(async () => {
        const from = steps.current.beyond(seen);
        const answer = await command(id, name, fields, { seen: from });
        steps.current.did(from, answer);
        return answer;
      });
      line.current = answered.catch(() => undefined);
      return answered;
    },
    [id],
  );

  const ask = useCallback<Ask>(
    async function asking(name, fields, { what, expected = {}, seen = version, quiet }) {
      setWaiting((others) => [...others, expected]);
      try {
        const answer = await inLine(name, fields, seen);
        take(answer);
        if (!quiet) done(answer, what);
        return answer;
      } catch (error) {
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
        void lookAgain(queries, id, number);
        return null;
      } finally {
        setWaiting((all) => all.filter((one) => one !== expected));
      }
    },
    [id, number, version, queries, inLine, take, done, tell, words],
  );
  const taken = useCallback(
    (answer: Commanded, what: string) => {
      take(answer);
      done(answer, what);
    },
    [take, done],
  );
  return { shown, ask, taken, collision, leave: () => setCollision(null) };
}
