/** How long until a promise is due, told by the second where it matters, by one clock for all rows. */
import { useSyncExternalStore } from "react";
import { useTranslations } from "use-intl";
import styles from "./countdown.module.css";
import type { TicketRow } from "@/api/tickets";
import { cx } from "@/lib/class-names";

type NextClock = NonNullable<TicketRow["sla"]>;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let second = Math.floor(Date.now() / 1000);

function tick(): void {
  second = Math.floor(Date.now() / 1000);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Seconds since 1970, once a second for everything on the page. */
export const useSecond = (): number => useSyncExternalStore(subscribe, () => second);

export type Urgency = "calm" | "soon" | "late" | "paused";

export function urgencyOf(sla: NextClock, now: number): Urgency {
  if (sla.state === "paused") return "paused";
  if (sla.state === "breached" || !sla.due_at) return "late";
  if (Date.parse(sla.due_at) / 1000 <= now) return "late";
  return sla.warn_at && Date.parse(sla.warn_at) / 1000 <= now ? "soon" : "calm";
}

/** 3 d 4 h, 2 h 05 m, 4 m 09 s: two units, the smaller one only as exact as it is of use. */
export function spanOf(seconds: number): {
  key: "days" | "hours" | "minutes";
  big: number;
  small: string;
} {
  const whole = Math.abs(Math.round(seconds));
  if (whole >= 86_400)
    return {
      key: "days",
      big: Math.floor(whole / 86_400),
      small: String(Math.floor((whole % 86_400) / 3_600)),
    };
  const [unit, part, key] =
    whole >= 3_600 ? [3_600, 60, "hours" as const] : [60, 1, "minutes" as const];
  return {
    key,
    big: Math.floor(whole / unit),
    small: String(Math.floor((whole % unit) / part)).padStart(2, "0"),
  };
}

export function Countdown({ sla }: { sla: NextClock | null }) {
  const t = useTranslations("queue");
  const now = useSecond();
  if (!sla) return <span className={styles["none"]}>–</span>;
  const urgency = urgencyOf(sla, now);
  const left =
    sla.due_at && urgency !== "paused"
      ? Date.parse(sla.due_at) / 1000 - now
      : sla.remaining_seconds;
  const { key, big, small } = spanOf(left);
  return (
    <span className={cx(styles["countdown"], styles[urgency])} title={t(`clock.${sla.clock}`)}>
      <span aria-hidden="true">{SIGNS[urgency]}</span>
      {t(`due.${urgency}`, { span: t(`span.${key}`, { big, small }) })}
    </span>
  );
}

const SIGNS: Record<Urgency, string> = { calm: "○", soon: "◐", late: "●", paused: "Ⅱ" };
