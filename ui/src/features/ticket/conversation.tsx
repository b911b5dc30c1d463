/** Everything that was said and done, oldest first: it opens at its end, and earlier parts follow. */
import { ArrowDown, ChevronUp, X } from "lucide-react";
import { memo, useCallback, useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import styles from "./conversation.module.css";
import { happeningOf, requestersIn, useEventText } from "./event-text";
import { NewsByEar } from "./news-by-ear";
import { Run } from "./run";
import { KeepPlace, useReading } from "./scrolling";
import { keyOf, type Conversing, type Entry } from "@/api/conversation";
import { useNames, useRequesterNames } from "@/api/people";
import { Button } from "@/components/button";
import { useProblemText } from "@/components/problem-text";
import { useTell } from "@/components/toasts";
import { isFocusFree } from "@/lib/focus";

interface ConversationProps {
  ticket: string;
  requester: string;
  conversing: Conversing;
  /** Messages can be selected, to be split off. */
  onSplit?: ((messages: readonly string[]) => void) | undefined;
  /** Entries that are marked as new. */
  isMarked?: (entry: Entry) => boolean;
}

export const Conversation = memo(function Conversation({
  ticket,
  requester,
  conversing,
  onSplit,
  isMarked,
}: ConversationProps) {
  const t = useTranslations("ticket.entry");
  const { said, entries, hasEarlier, isReadingEarlier } = conversing;
  const names = useNames();
  const requesterName = useRequesterNames([requester, ...requestersIn(entries.map(happeningOf))]);
  const text = useEventText(requesterName);
  const [selected, setSelected] = useState<readonly string[]>([]);
  const select = useCallback(
    (message: string) =>
      setSelected((now) =>
        now.includes(message) ? now.filter((one) => one !== message) : [...now, message],
      ),
    [setSelected],
  );
  const { came, goBack, scrollBack } = useGoingBack(conversing);
  const { scroller, below, toEnd, leaveEnd } = useReading(entries, scrollBack);
  const asked = useRef(false);
  useEffect(() => {
    // With the last page the button is gone: keys go on in what it brought.
    if (asked.current && !hasEarlier && isFocusFree())
      scroller.current?.focus({ preventScroll: true });
  }, [hasEarlier, scroller]);
  const first = entries[0];
  return (
    <div className={styles["frame"]}>
      <div
        ref={scroller}
        className={styles["scroller"]}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls by keys
        tabIndex={0}
        role="log"
        aria-label={t("label")}
        aria-live="off"
        aria-busy={isReadingEarlier}
      >
        <KeepPlace scroller={scroller} first={first && keyOf(first)}>
          <div className={styles["list"]}>
            {hasEarlier && (
              <Button
                className={styles["earlier"]}
                look="quiet"
                icon={ChevronUp}
                busy={isReadingEarlier}
                onClick={() => {
                  asked.current = true;
                  leaveEnd();
                  goBack();
                }}
              >
                {t("earlier")}
              </Button>
            )}
            {entries.length === 0 && <p className={styles["empty"]}>{t("empty")}</p>}
            {said?.runs.map((run, at) => (
              <Run
                // Counted from the end, as earlier ones come in above and the last one grows.
                key={said.runs.length - at}
                entries={run}
                ticket={ticket}
                names={names}
                requesterName={requesterName}
                text={text}
                isMarked={isMarked}
                onSelect={onSplit && select}
                selected={selected}
              />
            ))}
          </div>
        </KeepPlace>
      </div>
      {below && (
        <Button className={styles["below"]} look="primary" icon={ArrowDown} onClick={toEnd}>
          {t("newBelow")}
        </Button>
      )}
      {onSplit && selected.length > 0 && (
        <div
          className={styles["selection"]}
          role="toolbar"
          aria-label={t("selected", { count: selected.length })}
        >
          <span>{t("selected", { count: selected.length })}</span>
          <Button
            look="primary"
            onClick={() => {
              onSplit(selected);
              setSelected([]);
            }}
          >
            {t("splitSelected")}
          </Button>
          <Button
            look="quiet"
            icon={X}
            aria-label={t("clearSelection")}
            onClick={() => setSelected([])}
          />
        </div>
      )}
      <div role="status" className="visually-hidden">
        {came > 0 && !isReadingEarlier && t("earlierCame", { count: came })}
      </div>
      <NewsByEar entries={entries} requesterName={requesterName} />
    </div>
  );
});

/** Loads earlier entries, one page at a time; what goes wrong is said. */
function useGoingBack({ hasEarlier, isReadingEarlier, readEarlier }: Conversing) {
  const tell = useTell();
  const words = useProblemText();
  const [came, setCame] = useState(0);
  const [failed, setFailed] = useState(false);
  const goBack = useCallback(() => {
    if (!hasEarlier || isReadingEarlier) return;
    setFailed(false);
    readEarlier().then(setCame, (error: unknown) => {
      setFailed(true);
      tell({ kind: "refused", text: words(error) });
    });
  }, [hasEarlier, isReadingEarlier, readEarlier, tell, words]);
  /** What failed is tried again by who asks for it, and not at each turn of a wheel. */
  const scrollBack = useCallback(() => {
    if (!failed) goBack();
  }, [failed, goBack]);
  return { came, goBack, scrollBack };
}
