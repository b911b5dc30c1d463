/** Everything that was said and done, oldest first; what is new comes in below without a jump. */
import { ArrowDown, X } from "lucide-react";
import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { blocks, keyOf } from "./blocks";
import styles from "./conversation.module.css";
import { EventLines } from "./event-lines";
import { Message } from "./message";
import { useRequesterNames } from "@/api/people";
import type { Entry } from "@/api/tickets";
import { Button } from "@/components/button";

/** Blocks that are shown at first, and how many more at each wish for earlier ones. */
const PAGE = 60;
/** Pixels from the end within which somebody reads the end. */
const NEAR = 80;

interface ConversationProps {
  ticket: string;
  requester: string;
  entries: readonly Entry[];
  /** Messages can be selected, to be split off. */
  onSplit?: ((messages: readonly string[]) => void) | undefined;
  /** Entries that are marked as new, by their keys. */
  marked?: ReadonlySet<string>;
}

export const Conversation = memo(function Conversation({
  ticket,
  requester,
  entries,
  onSplit,
  marked,
}: ConversationProps) {
  const t = useTranslations("ticket.entry");
  const all = useMemo(() => blocks(entries), [entries]);
  const [most, setMost] = useState(PAGE);
  const shown = all.slice(-most);
  const hidden = all.length - shown.length;
  const names = useRequesterNames([
    requester,
    ...entries.filter((entry) => entry.actor_kind === "requester").map((entry) => entry.actor),
  ]);
  const [selected, setSelected] = useState<readonly string[]>([]);
  const select = useCallback(
    (message: string) =>
      setSelected((now) =>
        now.includes(message) ? now.filter((one) => one !== message) : [...now, message],
      ),
    [setSelected],
  );
  const { scroller, below, toEnd } = useEnd(entries);
  return (
    <div className={styles["frame"]}>
      {}
      <div
        ref={scroller}
        className={styles["scroller"]}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls by keys
        tabIndex={0}
        role="log"
        aria-label={t("label")}
        aria-live="off"
      >
        <div className={styles["list"]}>
          {hidden > 0 && (
            <Button className={styles["earlier"]} look="quiet" onClick={() => setMost(most + PAGE)}>
              {t("earlier", { count: hidden })}
            </Button>
          )}
          {all.length === 0 && <p className={styles["empty"]}>{t("empty")}</p>}
          {shown.map((block) =>
            block.kind === "message" ? (
              <Message
                key={block.key}
                entry={block.entry}
                ticket={ticket}
                requesterName={names}
                marked={marked?.has(block.key) ?? false}
                {...(onSplit && {
                  onSelect: select,
                  selected: selected.includes(block.entry.message ?? ""),
                })}
              />
            ) : (
              <EventLines
                key={block.key}
                entries={block.entries}
                requesterName={names}
                marked={marked !== undefined && block.entries.some((one) => marked.has(keyOf(one)))}
              />
            ),
          )}
        </div>
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
      <NewsByEar entries={entries} requesterName={names} />
    </div>
  );
});

/** Stays at the end for who reads there; to others it says that there is more. */
function useEnd(entries: readonly Entry[]) {
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const last = entries.at(-1);
  const newest = last && keyOf(last);
  const [read, setRead] = useState(newest);
  const said = entries.findLast((entry) => entry.kind !== "event");
  const toEnd = useCallback(() => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
    atEnd.current = true;
    setRead(newest);
  }, [newest]);
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
  }, [toEnd]);
  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const look = () => {
      atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
      if (atEnd.current) setRead(newest);
    };
    box.addEventListener("scroll", look, { passive: true });
    // Images and the composer change the heights: who reads the end stays there.
    const grown = new ResizeObserver(() => {
      if (atEnd.current) box.scrollTop = box.scrollHeight;
    });
    grown.observe(box);
    for (const child of box.children) grown.observe(child);
    return () => {
      box.removeEventListener("scroll", look);
      grown.disconnect();
    };
  }, [newest]);
  const below = read !== newest && said !== undefined && keyOf(said) === newest;
  return { scroller, below, toEnd };
}

/** What comes in is read out, and nothing that was there before. */
function NewsByEar({
  entries,
  requesterName,
}: {
  entries: readonly Entry[];
  requesterName: (id: string) => string;
}) {
  const [first] = useState(() => entries.length);
  const t = useTranslations("ticket.event");
  const latest = entries.at(-1);
  const heard =
    entries.length > first && latest?.kind === "message"
      ? `${t("message_received", { who: requesterName(latest.actor) })}: ${latest.body ?? ""}`
      : "";
  return (
    <div role="status" className="visually-hidden">
      {heard.slice(0, 300)}
    </div>
  );
}
