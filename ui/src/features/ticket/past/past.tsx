/** The ticket as it was: a slider over its versions, and what differs between two of them. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { useTicket } from "../context";
import { Conversation } from "../conversation";
import { happeningIn, requestersIn, useEventText } from "../event-text";
import { differences } from "./difference";
import { DifferenceTable } from "./difference-table";
import styles from "./past.module.css";
import { Slider } from "./slider";
import { useConversation, type Entry } from "@/api/conversation";
import { useRequesterNames } from "@/api/people";
import { ticketEvents, ticketThen } from "@/api/tickets";
import { Button } from "@/components/button";
import { SelectField } from "@/components/field";
import { Waiting } from "@/components/waiting";
import { PriorityMark, StatusMark } from "@/components/words";

const route = getRouteApi("/inside/tickets/$ticket");

interface PastProps {
  version: number;
  /** Show another version, or none: the present. */
  onShow: (version: number | undefined, from?: number) => void;
}

export function Past({ version: wanted, onShow }: PastProps) {
  const t = useTranslations("ticket.past");
  const format = useFormatter();
  const { ref, ticket } = useTicket();
  const latest = ticket.version;
  const version = Math.min(wanted, latest);
  const { from: chosen } = route.useSearch();
  const from = chosen !== undefined && chosen < version ? chosen : version - 1;
  const events = useQuery(ticketEvents(ref)).data;
  const then = useQuery({ ...ticketThen(ref, version), placeholderData: keepPreviousData }).data;
  const conversing = useConversation(ref, version);
  const before = useQuery({ ...ticketThen(ref, from), enabled: from > 0 });
  const names = useRequesterNames([
    ticket.requester,
    ...requestersIn((events ?? []).map(happeningIn)),
  ]);
  const text = useEventText(names);
  const what = (at: number) => {
    const event = events?.find((one) => one.version === at);
    return event ? text(happeningIn(event)) : "";
  };
  const different = useMemo(
    () => (then && (from === 0 || before.data) ? differences(before.data ?? null, then) : null),
    [then, before.data, from],
  );
  /** Each event is an entry: what came in between are the ticket's own after that version. */
  const isMarked = useCallback(
    (entry: Entry) => entry.ticket === ticket.id && entry.version > from,
    [ticket.id, from],
  );
  if (!events || !then || !conversing.said) return <Waiting lines={8} />;
  const event = events.find((one) => one.version === version);
  const at = event
    ? format.dateTime(new Date(event.occurred_at), { dateStyle: "medium", timeStyle: "medium" })
    : "";
  return (
    <>
      <section className={styles["past"]} aria-label={t("frame", { version, latest, at })}>
        <header className={styles["head"]}>
          <p className={styles["frame"]} role="status">
            {t("frame", { version, latest, at })}
          </p>
          <Button look="primary" onClick={() => onShow(undefined)}>
            {t("now")}
          </Button>
        </header>
        <Slider
          events={events}
          version={version}
          latest={latest}
          what={what}
          onShow={(next) => onShow(next, chosen)}
        />
        <div className={styles["title"]}>
          <StatusMark status={then.status} /> <PriorityMark priority={then.priority} />{" "}
          <h1>{then.subject}</h1>
        </div>
        <Conversation
          ticket={ticket.id}
          requester={then.requester}
          conversing={conversing}
          isMarked={isMarked}
        />
      </section>
      <aside className={styles["side"]} aria-label={t("difference")}>
        <h2>{t("difference")}</h2>
        <SelectField
          label={t("compare")}
          value={chosen !== undefined && chosen < version ? chosen : ""}
          onChange={(event) => {
            const { value } = event.currentTarget;
            onShow(version, value ? Number(value) : undefined);
          }}
        >
          <option value="">{t("beginning")}</option>
          {events
            .filter((one) => one.version < version)
            .map((one) => (
              <option key={one.id} value={one.version}>
                {t("versionAt", { version: one.version, what: what(one.version) })}
              </option>
            ))}
        </SelectField>
        {different && <DifferenceTable differences={different} />}
        <p className={styles["said"]}>{t("said", { count: version - from })}</p>
      </aside>
    </>
  );
}
