/** What an event says, as a sentence in the reader's language. */
import { useCallback } from "react";
import { useFormatter, useTranslations } from "use-intl";
import type { Entry } from "@/api/conversation";
import { useNames } from "@/api/people";
import type { EventOfTicket, Priority, Relation, Status } from "@/api/tickets";
import { useFieldWords } from "@/components/field-words";
import { plainText } from "@/lib/plain-text";

/** What events and entries of the conversation have in common. */
export interface Happening {
  kind: string;
  by: { kind: string; id: string | null };
  details: Record<string, unknown>;
}

export const happeningOf = (entry: Entry): Happening => ({
  kind: entry.event,
  by: { kind: entry.actor_kind, id: entry.actor },
  details: entry.details,
});

export const happeningIn = (event: EventOfTicket): Happening => ({
  kind: event.kind,
  by: event.by,
  details: event.details,
});

/** Ids of the requesters that events tell of. */
export function requestersIn(happenings: readonly Happening[]): string[] {
  const found = happenings.flatMap(({ by, details }) => [
    by.kind === "requester" ? by.id : null,
    details["requester"],
  ]);
  return [...new Set(found.filter((id): id is string => typeof id === "string"))];
}

/** Sentences that need nothing but who did it. */
const PLAIN = new Set([
  "acknowledged",
  "message_received",
  "reply_sent",
  "note_added",
  "resumed",
  "closed",
  "merged",
  "absorbed",
  "merge_settled",
  "unmerged",
  "released",
  "satisfaction_asked",
] as const);
type Plain = typeof PLAIN extends Set<infer Name> ? Name : never;

const CLOCKS = [
  "acknowledge",
  "first_response",
  "next_response",
  "update",
  "resolution",
  "total_resolution",
  "handling",
] as const;

/** Puts events into words. `requesterName` knows the requesters that are on the page. */
export function useEventText(requesterName: (id: string) => string): (event: Happening) => string {
  const t = useTranslations("ticket.event");
  const words = useTranslations();
  const names = useNames();
  const fields = useFieldWords();
  const format = useFormatter();
  return useCallback(
    ({ kind, by, details }) => {
      const text = (name: string) => plainText(details[name]);
      const agent = (name: string) => names.agent(text(name) || null);
      const who =
        by.kind === "agent"
          ? names.agent(by.id)
          : by.kind === "requester"
            ? requesterName(by.id ?? "")
            : t("rule");
      const name = kind.replace("ticket.", "");
      const clock = () => {
        const found = CLOCKS.find((one) => one === text("clock"));
        return found ? words(`ticket.clock.${found}`) : text("clock");
      };
      if (PLAIN.has(name as Plain)) return t(name as Plain, { who });
      switch (name) {
        case "opened":
          return t(text("split_from") ? "openedSplit" : "opened", { who });
        case "assigned":
          return text("agent") || text("team")
            ? t("assigned", { who, to: agent("agent") || names.team(text("team")) })
            : t("unassigned", { who });
        case "queued":
          return text("queue")
            ? t("queued", { who, to: names.queue(text("queue")) })
            : t("unqueued", { who });
        case "escalated":
        case "deescalated":
          return t(name, { who, level: text("level"), reason: text("reason") });
        case "followed":
        case "unfollowed":
        case "agent_notified":
          return t(name, { to: agent("agent") });
        case "follow_up_requested":
          return t(name, { number: text("follow_up_number") });
        case "pended":
          return t(name, { who, reason: text("reason") });
        case "held": {
          const until = text("wake_at");
          return until
            ? t("heldUntil", {
                who,
                reason: text("reason"),
                until: format.dateTime(new Date(until), {
                  dateStyle: "medium",
                  timeStyle: "short",
                }),
              })
            : t("held", { who, reason: text("reason") });
        }
        case "resolved":
          return t(name, { who, code: text("code") });
        case "reopened":
        case "cancelled":
          return t(name, { who, reason: text("reason") });
        case "status_restored":
          return t(name, { who, status: words(`status.${text("status") as Status}`) });
        case "split":
          return t(name, {
            who,
            count: (details["messages"] as unknown[] | undefined)?.length ?? 0,
          });
        case "linked":
        case "unlinked":
          return t(name, {
            who,
            relation: words(`ticket.relation.${text("relation") as Relation}`),
          });
        case "prioritised": {
          const to = words(`priority.${text("priority") as Priority}`);
          return text("override_reason")
            ? t("overridden", { who, to, reason: text("override_reason") })
            : t(name, { who, to, from: words(`priority.${text("previous") as Priority}`) });
        }
        case "categorised":
          return text("category")
            ? t(name, { who, to: text("category") })
            : t("uncategorised", { who });
        case "tagged":
        case "untagged":
          return t(name, { who, tag: text("tag") });
        case "field_set": {
          const field = fields.label(text("name"));
          const to = fields.value(text("name"), details["value"]);
          return to ? t(name, { who, field, to }) : t("field_emptied", { who, field });
        }
        case "renamed":
          return t(name, { who, to: text("subject") });
        case "requester_changed":
          return t(name, { who, to: requesterName(text("requester")) });
        case "satisfaction_rated":
          return t(name, { score: text("score") });
        case "sla_warning_raised":
        case "sla_breached":
        case "sla_escalated":
          return t(name, { clock: clock() });
        case "macro_applied":
          return t(name, { who, macro: text("name") || text("macro") });
        case "history_row_kept":
          return t(name, { state: text("state") });
        default:
          return t("other", { who, kind });
      }
    },
    [t, words, names, fields, format, requesterName],
  );
}
