/** What was done between two messages: a line each, folded when there are many. */
import {
  CircleDot,
  Flag,
  GitMerge,
  Link2,
  Tag,
  Timer,
  UserRound,
  type LucideIcon,
} from "lucide-react";
import { memo, useState } from "react";
import { useTranslations } from "use-intl";
import { happeningOf, type Happening } from "./event-text";
import styles from "./message.module.css";
import { keyOf, type Entry } from "@/api/conversation";
import { Button } from "@/components/button";
import { Ago } from "@/components/words";
import { cx } from "@/lib/class-names";

/** More lines than this are folded; the last one stays in view. */
const FEW = 4;

interface EventLinesProps {
  entries: readonly Entry[];
  /** Puts an event into words. */
  text: (event: Happening) => string;
  marked?: boolean;
}

export const EventLines = memo(function EventLines({ entries, text, marked }: EventLinesProps) {
  const t = useTranslations("ticket.entry");
  const [open, setOpen] = useState(false);
  const folds = entries.length > FEW;
  const shown = folds && !open ? entries.slice(-1) : entries;
  const hidden = entries.length - shown.length;
  return (
    <div className={cx(styles["events"], marked && styles["marked"])}>
      {folds && (
        <Button
          look="quiet"
          className={styles["fold"]}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {open ? t("fold") : t("unfold", { count: hidden })}
        </Button>
      )}
      <ul>
        {shown.map((entry) => {
          const Icon = iconOf(entry.event);
          return (
            <li key={keyOf(entry)} className={styles["event"]}>
              <Icon aria-hidden="true" size={14} />
              <span className={styles["what"]}>{text(happeningOf(entry))}</span>
              <Ago at={entry.occurred_at} />
            </li>
          );
        })}
      </ul>
    </div>
  );
});

function iconOf(kind: string): LucideIcon {
  if (/sla|notified/.test(kind)) return Timer;
  if (/assigned|queued|follow|requester/.test(kind)) return UserRound;
  if (/tag|categor|field|renamed/.test(kind)) return Tag;
  if (/merge|absorb|released|split/.test(kind)) return GitMerge;
  if (kind.includes("link")) return Link2;
  if (/priorit|escal/.test(kind)) return Flag;
  return CircleDot;
}
