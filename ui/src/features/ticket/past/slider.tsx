/** Every version of the ticket on a line, by arrow keys, by mouse, or played. */
import { ChevronLeft, ChevronRight, Pause, Play } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import styles from "./past.module.css";
import type { EventOfTicket } from "@/api/tickets";
import { Button } from "@/components/button";
import { cx } from "@/lib/class-names";

/** Milliseconds a version is shown while it plays. */
const BEAT = 900;
/** Events beyond which their marks would be one line. */
const MARKS = 150;

interface SliderProps {
  events: readonly EventOfTicket[];
  version: number;
  latest: number;
  what: (version: number) => string;
  onShow: (version: number) => void;
}

export function Slider({ events, version, latest, what, onShow }: SliderProps) {
  const t = useTranslations("ticket.past");
  const [plays, setPlays] = useState(false);
  const playing = plays && version < latest;
  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(() => onShow(version + 1), BEAT);
    return () => clearTimeout(timer);
  }, [playing, version, onShow]);
  const place = (at: number) => (latest > 1 ? ((at - 1) / (latest - 1)) * 100 : 0);
  return (
    <div className={styles["slider"]}>
      <Button
        icon={playing ? Pause : Play}
        aria-label={t(playing ? "pause" : "play")}
        title={t(playing ? "pause" : "play")}
        onClick={() => {
          if (!playing && version >= latest) onShow(1);
          setPlays(!playing);
        }}
      />
      <Button
        icon={ChevronLeft}
        aria-label={t("earlier")}
        title={t("earlier")}
        disabled={version <= 1}
        accessibleWhenDisabled
        onClick={() => onShow(version - 1)}
      />
      <div className={styles["line"]}>
        <input
          type="range"
          min={1}
          max={latest}
          step={1}
          value={version}
          aria-label={t("slider")}
          aria-valuetext={t("valueText", { version, latest, what: what(version) })}
          // eslint-disable-next-line jsx-a11y/no-autofocus -- the arrow keys are for it from the start
          autoFocus
          onChange={(event) => {
            setPlays(false);
            onShow(Number(event.currentTarget.value));
          }}
        />
        {latest <= MARKS && (
          <div className={styles["marks"]} aria-hidden="true">
            {events.map((event) => (
              <span
                key={event.id}
                className={cx(
                  styles["mark"],
                  styles[kindOf(event.kind)],
                  event.version <= version && styles["reached"],
                )}
                style={{ insetInlineStart: `${place(event.version)}%` }}
                title={what(event.version)}
              />
            ))}
          </div>
        )}
        <p className={styles["what"]}>{what(version)}</p>
      </div>
      <Button
        icon={ChevronRight}
        aria-label={t("later")}
        title={t("later")}
        disabled={version >= latest}
        accessibleWhenDisabled
        onClick={() => onShow(version + 1)}
      />
    </div>
  );
}

function kindOf(kind: string): "theirs" | "ours" | "note" | "other" {
  if (kind === "ticket.opened" || kind === "ticket.message_received") return "theirs";
  if (kind === "ticket.reply_sent") return "ours";
  return kind === "ticket.note_added" ? "note" : "other";
}
