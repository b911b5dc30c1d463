/** The promises that hold: counting down, and how each was counted. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNow, useTranslations } from "use-intl";
import { useTicket } from "../context";
import { Account } from "./account";
import styles from "./panel.module.css";
import { useSpan } from "./span";
import { clocks, type Clock } from "@/api/tickets";
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
            <Countdown clock={clock} onOpen={() => setOpen(clock)} />
          </li>
        ))}
      </ul>
      {open && <Account clock={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function Countdown({ clock, onOpen }: { clock: Clock; onOpen: () => void }) {
  const t = useTranslations("ticket.clock");
  const span = useSpan();
  const runs =
    clock.state === "running" || (clock.state === "breached" && clock.stopped_at === null);
  const now = useNow(runs ? { updateInterval: 1_000 } : undefined);
  // Open time counts on while the calendar is open, which the server knows; the due instant is exact.
  const left = clock.due_at ? (new Date(clock.due_at).getTime() - now.getTime()) / 1_000 : null;
  const late = clock.breached_at !== null;
  // What is left is open time, which only the server can count: as it was when last read.
  const share = clock.remaining === null || !clock.target ? 1 : clock.remaining / clock.target;
  const soon = runs && !late && share < SOON;
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
