/** How a clock came to stand where it stands: by what it was judged, and every stretch of time. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { useTicket } from "../context";
import { happeningIn, useEventText } from "../event-text";
import { useDayApart, useOpeningHours } from "./opening-hours";
import styles from "./panel.module.css";
import { useSpan } from "./span";
import { requester, useNames } from "@/api/people";
import type { components } from "@/api/schema";
import { ticketEvents, type Clock } from "@/api/tickets";
import { Dialog } from "@/components/dialog";
import { At } from "@/components/words";
import { plainText } from "@/lib/plain-text";

type Schemas = components["schemas"];
type Cause = Schemas["ClockCause"];
type Line = Schemas["ClockLine"];
type Ruling = Schemas["ClockRuling"];

export function Account({ clock, onClose }: { clock: Clock; onClose: () => void }) {
  const t = useTranslations("ticket.clock");
  const words = useTranslations();
  const span = useSpan("hours");
  const since = useStretch();
  const because = useBecause();
  const { explanation } = clock;
  const left = clock.target === null ? null : clock.target - clock.elapsed;
  return (
    <Dialog open onClose={onClose} title={`${t(clock.name)} · ${t(clock.state)}`} size="medium">
      <dl className={styles["account"]}>
        <dt>{t("target")}</dt>
        <dd>{clock.target === null ? "—" : span(clock.target)}</dd>
        <dt>{t("counted")}</dt>
        <dd>
          {span(clock.elapsed)}
          {left !== null && (
            <small>
              {left >= 0 ? t("left", { span: span(left) }) : t("over", { span: span(-left) })}
            </small>
          )}
        </dd>
        {clock.due_at && (
          <>
            <dt>{t("dueAt")}</dt>
            <dd>
              <At at={clock.due_at} />
            </dd>
          </>
        )}
      </dl>
      <h3>{t("judgedBy")}</h3>
      <ol className={styles["rulings"]}>
        {explanation.rulings.map((ruling) => (
          <li key={`${ruling.at}/${ruling.policy_version}/${ruling.calendar_version}`}>
            <Judged ruling={ruling} />
          </li>
        ))}
      </ol>
      <h3>{t("happened")}</h3>
      <ul className={styles["spans"]}>
        {explanation.lines.map((line, n) => (
          <Happened key={n} line={line} because={because} />
        ))}
      </ul>
      <h3>{t("timeCounted")}</h3>
      <ul className={styles["spans"]}>
        {explanation.segments.map((segment, n) => (
          <li key={n}>
            <span>
              {since(segment.begin, segment.end)}
              {segment.entry !== "counted" && <small>{t(`entry.${segment.entry}`)}</small>}
            </span>
            <span className={styles["amount"]}>
              {segment.seconds < 0 ? `−${span(-segment.seconds)}` : span(segment.seconds)}
            </span>
          </li>
        ))}
        <li>
          <strong>{t("sum")}</strong>
          <strong className={styles["amount"]}>{span(clock.elapsed)}</strong>
        </li>
      </ul>
      {explanation.stops.length > 0 && (
        <>
          <h3>{t("timeNotCounted")}</h3>
          <ul className={styles["spans"]}>
            {explanation.stops.map((stop, n) => (
              <li key={n}>
                <span>
                  {since(stop.begin, stop.end)}
                  <small>{because(stop.cause)}</small>
                </span>
                <span>{t(`stop.${stop.state as "paused" | "cancelled" | "stopped"}`)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <details className={styles["words"]}>
        <summary>{words("ticket.clock.inWords")}</summary>
        <pre lang="en">{clock.text}</pre>
      </details>
    </Dialog>
  );
}

/** By what a clock is judged from an instant on. */
function Judged({ ruling }: { ruling: Ruling }) {
  const t = useTranslations("ticket.clock");
  const words = useTranslations();
  const span = useSpan("hours");
  const hours = useOpeningHours();
  const dayApart = useDayApart();
  const value = useValue();
  const asked = Object.entries(ruling.attributes);
  return (
    <>
      <At at={ruling.at} />
      <p>
        {t("targetFor", {
          priority: words(`priority.${ruling.priority as "normal"}`),
          span: span(ruling.target),
        })}
      </p>
      <p>
        {t("policyVersion", { name: ruling.policy_name, version: ruling.policy_version })}
        {asked.length > 0 && (
          <small>
            {t("asItWas", { what: asked.map(([name, had]) => value(name, had)).join(" · ") })}
          </small>
        )}
      </p>
      <p>
        {t("calendarVersion", { name: ruling.calendar_name, version: ruling.calendar_version })}
        <small>
          {hours(ruling.weekly)} ({ruling.zone})
        </small>
        {ruling.days_apart.map((apart) => (
          <small key={apart.day}>{dayApart(apart)}</small>
        ))}
      </p>
      {ruling.paused_in.length > 0 && (
        <p>
          {t("standsWhile", {
            states: ruling.paused_in
              .map((category) => t(`waits.${category as "waiting-requester"}`))
              .join(", "),
          })}
        </p>
      )}
    </>
  );
}

function Happened({ line, because }: { line: Line; because: (cause: Cause | null) => string }) {
  const t = useTranslations("ticket.clock");
  const span = useSpan("hours");
  const said =
    line.what === "step"
      ? t("stepReached", { step: line.step ?? "" })
      : t(`did.${line.what as "started"}`);
  const target =
    line.target !== null && line.old_target !== null
      ? t("targetBecomes", { old: span(line.old_target), target: span(line.target) })
      : "";
  return (
    <li>
      <span>
        <At at={line.at} /> {[said, target].filter(Boolean).join(": ")}
        <small>{because(line.cause)}</small>
      </span>
      <span className={styles["amount"]}>{span(line.elapsed)}</span>
    </li>
  );
}

/** An event of the ticket, or an edit of policies and calendars, as a sentence. */
function useBecause(): (cause: Cause | null) => string {
  const t = useTranslations("ticket.clock");
  const { ref, ticket } = useTicket();
  const events = useQuery(ticketEvents(ref)).data;
  const name = useQuery(requester(ticket.requester)).data?.name ?? ticket.requester;
  const text = useEventText(() => name);
  const byVersion = useMemo(
    () => new Map(events?.map((event) => [event.version, event])),
    [events],
  );
  return (cause) => {
    if (!cause) return "";
    if (cause.version === null)
      return t("bookEdited", { version: cause.book_version ?? 0, about: cause.about ?? "" });
    const event = byVersion.get(cause.version);
    return event ? text(happeningIn(event)) : t("byEvent", { version: cause.version });
  };
}

/** An attribute that the policy asked for, with what the ticket had. */
function useValue(): (name: string, value: unknown) => string {
  const t = useTranslations();
  const names = useNames();
  return (name, value) => {
    const label = t.has(`queue.column.${name as "queue"}`)
      ? t(`queue.column.${name as "queue"}`)
      : name;
    const known: Record<string, (text: string) => string> = {
      priority: (text) => t(`priority.${text as "normal"}`),
      queue: names.queue,
      team: names.team,
    };
    const one = (item: unknown) => known[name]?.(plainText(item)) ?? plainText(item);
    const had = Array.isArray(value) ? value.map(one).join(", ") : value === null ? "" : one(value);
    return `${label}: ${had || "—"}`;
  };
}

/** From when until when; without an end it still lasts. */
function useStretch(): (begin: string, end: string | null) => string {
  const format = useFormatter();
  const style = { dateStyle: "medium", timeStyle: "short" } as const;
  return (begin, end) =>
    end === null
      ? `${format.dateTime(new Date(begin), style)} –`
      : format.dateTimeRange(new Date(begin), new Date(end), style);
}
