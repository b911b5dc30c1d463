import { useRef } from "react";
import { useTranslations } from "use-intl";
import { useTicket } from "../context";
import styles from "./head.module.css";

interface SubjectProps {
  renaming: boolean;
  onRenaming: (renaming: boolean) => void;
}

/** The request in one line; renamed in its place. */
export function Subject({ renaming, onRenaming }: SubjectProps) {
  const t = useTranslations("ticket");
  const { ticket, ask, may } = useTicket();
  const done = useRef(false);
  const finish = (subject: string) => {
    if (done.current) return;
    done.current = true;
    onRenaming(false);
    const wanted = subject.trim();
    if (wanted && wanted !== ticket.subject)
      void ask(
        "rename",
        { subject: wanted },
        { what: t("do.rename"), expected: { subject: wanted } },
      );
  };
  if (!renaming)
    return (
      <h1 className={styles["subject"]} title={ticket.subject}>
        {may("rename") ? (
          <button type="button" onClick={() => onRenaming(true)} title={t("rename")}>
            {ticket.subject}
          </button>
        ) : (
          ticket.subject
        )}
      </h1>
    );
  return (
    <input
      className={styles["renaming"]}
      aria-label={t("subject")}
      defaultValue={ticket.subject}
      maxLength={300}
      // eslint-disable-next-line jsx-a11y/no-autofocus -- it was asked for
      autoFocus
      onFocus={(event) => {
        done.current = false;
        event.currentTarget.select();
      }}
      onBlur={(event) => finish(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Enter") finish(event.currentTarget.value);
        if (event.key === "Escape") {
          done.current = true;
          onRenaming(false);
        }
      }}
    />
  );
}
