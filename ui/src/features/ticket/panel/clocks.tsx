/** The promises that hold: counting down, and how each was counted. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useFormatter, useNow, useTranslations } from "use-intl";
import { useTicket } from "../context";
import styles from "./panel.module.css";
import { useSpan } from "./span";
import { clocks, type Clock } from "@/api/tickets";
import { Dialog } from "@/components/dialog";
import { At } from "@/components/words";
import { cx } from "@/lib/class-names";

/** The share of the target that is left below which it becomes urgent. */
const SOON = 0.25;

export function Clocks() {
  const t = useTranslations("ticket.clock");
  const { ref } = useTicket();
  const found = useQuery({ ...clocks(ref), refetchInterval: 60_000 });
  const [open, setOpen] = useState<Clock | null>(null);
  const items = found.data?.items.filter((clock) => clock.state !== "cancelled") ?? [];
  if (found.data && items.length === 0) return <p className={styles["none"]}>{t("none")}</p>;
  return (
    <>
      <ul className={styles["clocks"]}>
        {items.map((clock) => (
          <li key={`${clock.name}/${clock.instance}/${clock.queue}`}>
            <Countdown clock={clock} asOf={found.data?.as_of ?? ""} onOpen={() => setOpen(clock)} />
          </li>
        ))}
      </ul>
      {open && <Explained clock={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function Countdown({ clock, asOf, onOpen }: { clock: Clock; asOf: string; onOpen: () => void }) {
  const t = useTranslations("ticket.clock");
  const span = useSpan();
  const runs =
    clock.state === "running" || (clock.state === "breached" && clock.stopped_at === null);
  const now = useNow(runs ? { updateInterval: 1_000 } : undefined);
  // Open time counts on while the calendar is open, which the server knows; the due instant is exact.
  const left = clock.due_at ? (new Date(clock.due_at).getTime() - now.getTime()) / 1_000 : null;
  const late = clock.breached_at !== null;
  const soon =
    runs &&
    !late &&
    clock.remaining !== null &&
    clock.target !== null &&
    clock.remaining - (now.getTime() - new Date(asOf).getTime()) / 1_000 < clock.target * SOON;
  const words =
    runs && left !== null
      ? left >= 0
        ? t("left", { span: span(left) })
        : t("over", { span: span(-left) })
      : t(clock.state);
  return (
    <button
      type="button"
      className={cx(styles["clock"], late && styles["late"], soon && styles["soon"])}
      onClick={onOpen}
      title={t("explain")}
    >
      <span>{t(clock.name)}</span>
      <span className={styles["left"]}>{words}</span>
    </button>
  );
}

/** The account the API gives of a clock, as a person reads it. */
function Explained({ clock, onClose }: { clock: Clock; onClose: () => void }) {
  const t = useTranslations("ticket.clock");
  const format = useFormatter();
  const span = useSpan();
  const { explanation } = clock;
  const ruling = explanation.rulings.at(-1);
  return (
    <Dialog open onClose={onClose} title={`${t(clock.name)} · ${t(clock.state)}`} size="medium">
      <dl className={styles["account"]}>
        <dt>{t("target")}</dt>
        <dd>{clock.target === null ? "—" : span(clock.target)}</dd>
        <dt>{t("counted")}</dt>
        <dd>{span(clock.elapsed)}</dd>
        {clock.due_at && (
          <>
            <dt>{t("due", { at: "" })}</dt>
            <dd>
              <At at={clock.due_at} />
            </dd>
          </>
        )}
        {ruling && (
          <>
            <dt>{t("policy")}</dt>
            <dd>{ruling.policy_name}</dd>
            <dt>{t("calendar")}</dt>
            <dd>
              {ruling.calendar_name}
              <small>{ruling.windows}</small>
            </dd>
          </>
        )}
      </dl>
      <h3>{t("happened")}</h3>
      <ul className={styles["spans"]}>
        {explanation.segments.map((segment, n) => (
          <li key={n}>
            <span>
              {format.dateTimeRange(new Date(segment.begin), new Date(segment.end), {
                dateStyle: "medium",
                timeStyle: "short",
              })}
            </span>
            <span>
              {segment.entry === "counted"
                ? span(segment.seconds)
                : segment.entry.replace(/_/g, " ")}
            </span>
          </li>
        ))}
      </ul>
      <details className={styles["words"]}>
        <summary>{t("inWords")}</summary>
        <pre lang="en">{clock.text}</pre>
      </details>
    </Dialog>
  );
}
