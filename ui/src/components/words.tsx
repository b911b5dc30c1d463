/** What the desk's own words look like: a status, a priority, a person, an instant. */
import { useFormatter, useNow, useTranslations } from "use-intl";
import styles from "./words.module.css";
import { cx } from "@/lib/class-names";

export type Status =
  "new" | "open" | "pending" | "on_hold" | "resolved" | "closed" | "merged" | "cancelled";
export type Priority = "urgent" | "high" | "normal" | "low";

/** A status, told by its word and, for a quick look, by its colour. */
export function StatusMark({ status }: { status: Status }) {
  const t = useTranslations("status");
  return <span className={cx(styles["status"], styles[status])}>{t(status)}</span>;
}

/** A priority with a sign that differs by its shape and not by its colour alone. */
export function PriorityMark({ priority }: { priority: Priority }) {
  const t = useTranslations("priority");
  const bars = { urgent: 4, high: 3, normal: 2, low: 1 }[priority];
  return (
    <span className={cx(styles["priority"], styles[priority])}>
      <svg width="16" height="14" viewBox="0 0 16 14" aria-hidden="true">
        {[0, 1, 2, 3].map((n) => (
          <rect
            key={n}
            x={n * 4}
            y={9 - n * 3}
            width="3"
            height={5 + n * 3}
            rx="1"
            className={n < bars ? styles["bar"] : styles["faint"]}
          />
        ))}
      </svg>
      {t(priority)}
    </span>
  );
}

/** The first letters of a name on a colour that is always the same for it. */
export function Avatar({ name, size = 24 }: { name: string; size?: number }) {
  const hue = Array.from(name).reduce(
    (sum, sign) => (sum * 31 + (sign.codePointAt(0) ?? 0)) % 360,
    7,
  );
  const words = name.trim().split(/\s+/);
  const hangul = /^[가-힣]/.test(name);
  const letters = hangul
    ? name.slice(-2)
    : words
        .map((word) => Array.from(word)[0] ?? "")
        .join("")
        .slice(0, 2);
  return (
    <span
      aria-hidden="true"
      data-letters={letters.toUpperCase()}
      className={styles["avatar"]}
      style={{
        width: size,
        height: size,
        fontSize: size * 0.42,
        background: `oklch(0.46 0.09 ${hue})`,
      }}
    />
  );
}

/** How long ago, with the exact instant beneath the pointer. */
export function Ago({ at }: { at: string }) {
  const format = useFormatter();
  const now = useNow({ updateInterval: 30_000 });
  const instant = new Date(at);
  return (
    <time
      dateTime={at}
      title={format.dateTime(instant, { dateStyle: "full", timeStyle: "medium" })}
    >
      {format.relativeTime(instant, now)}
    </time>
  );
}

/** An instant as date and time of day. */
export function At({ at }: { at: string }) {
  const format = useFormatter();
  return (
    <time dateTime={at}>
      {format.dateTime(new Date(at), { dateStyle: "medium", timeStyle: "short" })}
    </time>
  );
}
