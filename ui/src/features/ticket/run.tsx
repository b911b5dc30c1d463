/** A run of entries that were read together: what was said, and what was done between, folded. */
import { memo, useMemo } from "react";
import { blocks } from "./blocks";
import styles from "./conversation.module.css";
import { EventLines } from "./event-lines";
import type { Happening } from "./event-text";
import { Message } from "./message";
import type { Entry } from "@/api/conversation";
import type { Names } from "@/api/people";

interface RunProps {
  entries: readonly Entry[];
  ticket: string;
  names: Names;
  requesterName: (id: string) => string;
  text: (event: Happening) => string;
  /** Entries that are marked as new. */
  isMarked?: ((entry: Entry) => boolean) | undefined;
  onSelect?: ((message: string) => void) | undefined;
  selected: readonly string[];
}

export const Run = memo(function Run({
  entries,
  ticket,
  names,
  requesterName,
  text,
  isMarked,
  onSelect,
  selected,
}: RunProps) {
  const shown = useMemo(() => blocks(entries), [entries]);
  return shown.map((block) => (
    <div key={block.key} className={styles["block"]} data-block="">
      {block.kind === "message" ? (
        <Message
          entry={block.entry}
          ticket={ticket}
          names={names}
          requesterName={requesterName}
          marked={isMarked?.(block.entry) ?? false}
          {...(onSelect && { onSelect, selected: selected.includes(block.entry.message ?? "") })}
        />
      ) : (
        <EventLines
          entries={block.entries}
          text={text}
          marked={isMarked !== undefined && block.entries.some(isMarked)}
        />
      )}
    </div>
  ));
});
