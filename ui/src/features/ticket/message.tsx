/** Something that was said: by the requester, to the requester, or among colleagues. */
import { Link } from "@tanstack/react-router";
import { GitBranch, Lock } from "lucide-react";
import { memo, useState } from "react";
import { useTranslations } from "use-intl";
import { Attachments } from "./attachments";
import styles from "./message.module.css";
import type { Entry } from "@/api/conversation";
import type { Names } from "@/api/people";
import { Button } from "@/components/button";
import { Html } from "@/components/html";
import { Ago, Avatar } from "@/components/words";
import { cx } from "@/lib/class-names";

/** Signs of a text beyond which it is folded at first. */
const LONG = 4_000;

interface MessageProps {
  entry: Entry;
  /** The ticket that is shown; the entry may come from another one that was merged. */
  ticket: string;
  names: Names;
  requesterName: (id: string) => string;
  marked?: boolean;
  onSelect?: (message: string) => void;
  selected?: boolean;
}

export const Message = memo(function Message({
  entry,
  ticket,
  names,
  requesterName,
  marked,
  onSelect,
  selected,
}: MessageProps) {
  const t = useTranslations("ticket");
  const byRequester = entry.actor_kind === "requester";
  const name = byRequester
    ? requesterName(entry.actor)
    : entry.actor_kind === "agent"
      ? names.agent(entry.actor)
      : t("event.rule");
  const note = entry.kind === "note";
  const look = note ? "note" : byRequester || entry.kind === "opening" ? "theirs" : "ours";
  const kind = note
    ? t("entry.note")
    : look === "theirs"
      ? t("entry.requester")
      : t("entry.public");
  const foreign = entry.ticket !== ticket;
  const { message } = entry;
  return (
    <article
      className={cx(
        styles["message"],
        styles[look],
        marked && styles["marked"],
        entry.moved_to && styles["moved"],
      )}
      aria-label={`${kind}: ${name}`}
    >
      <header className={styles["head"]}>
        <Avatar name={name} size={28} />
        <span className={styles["name"]}>{name}</span>
        <span className={styles["kind"]}>
          {note && <Lock aria-hidden="true" size={12} />}
          {kind}
          {entry.channel && ` · ${t(`channelName.${entry.channel}`)}`}
        </span>
        {foreign && (
          <Link className={styles["from"]} to="/tickets/$ticket" params={{ ticket: entry.ticket }}>
            <GitBranch aria-hidden="true" size={12} />
            {t("entry.fromOther")}
          </Link>
        )}
        <span className={styles["when"]}>
          <Ago at={entry.occurred_at} />
        </span>
        {onSelect && message && !foreign && !entry.moved_to && (
          <input
            type="checkbox"
            className={styles["select"]}
            checked={selected ?? false}
            aria-label={t("entry.select")}
            title={t("entry.select")}
            onChange={() => onSelect(message)}
          />
        )}
      </header>
      <Body entry={entry} />
      {entry.attachments.length > 0 && <Attachments ticket={ticket} files={entry.attachments} />}
      {entry.mentions.length > 0 && (
        <p className={styles["foot"]}>
          {t("entry.mentioned", { names: entry.mentions.map((id) => names.agent(id)).join(", ") })}
        </p>
      )}
      {entry.moved_to && (
        <p className={styles["foot"]}>
          <GitBranch aria-hidden="true" size={12} /> {t("entry.movedTo")}{" "}
          <Link to="/tickets/$ticket" params={{ ticket: entry.moved_to }}>
            {t("entry.movedToLink")}
          </Link>
        </p>
      )}
    </article>
  );
});

function Body({ entry }: { entry: Entry }) {
  const t = useTranslations("ticket.entry");
  const [all, setAll] = useState(false);
  if (entry.html !== null) return <Html html={entry.html} className={styles["html"] ?? ""} />;
  const body = entry.body ?? "";
  const folded = body.length > LONG && !all;
  return (
    <>
      <p className={styles["text"]}>{folded ? `${body.slice(0, LONG)}…` : body}</p>
      {folded && (
        <Button look="quiet" onClick={() => setAll(true)}>
          {t("longText")}
        </Button>
      )}
    </>
  );
}
