import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useTicket } from "../context";
import styles from "./dialogs.module.css";
import { FormDialog } from "./form";
import { useConversation } from "@/api/conversation";
import { TextField } from "@/components/field";
import { useTell } from "@/components/toasts";

/** Selected messages become a ticket of their own. */
export function SplitDialog({
  messages,
  onClose,
}: {
  messages: readonly string[];
  onClose: () => void;
}) {
  const t = useTranslations("ticket.dialog");
  const { ref, ticket, ask } = useTicket();
  const router = useRouter();
  const tell = useTell();
  const [subject, setSubject] = useState(ticket.subject);
  const chosen = useConversation(ref).entries.filter(
    (entry) => entry.message !== null && messages.includes(entry.message),
  );
  return (
    <FormDialog
      title={t("splitTitle", { count: messages.length })}
      submit={t("apply")}
      size="medium"
      disabled={!subject.trim()}
      onClose={onClose}
      onSubmit={async () => {
        const answer = await ask(
          "split",
          { messages: [...messages], subject: subject.trim() },
          { what: t("splitDone"), quiet: true },
        );
        const parted = answer?.events.find((event) => event.kind === "ticket.split");
        if (parted)
          tell({
            text: t("splitDone"),
            action: {
              label: t("openIt"),
              run: () =>
                void router.navigate({
                  to: "/tickets/$ticket",
                  params: { ticket: parted.details.into },
                }),
            },
          });
        return answer;
      }}
    >
      <TextField
        label={t("splitSubject")}
        value={subject}
        onChange={(event) => setSubject(event.currentTarget.value)}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- what the dialog asks for first
        autoFocus
      />
      <ul className={styles["will"]}>
        {chosen.map((entry) => (
          <li key={entry.version}>{(entry.body ?? "").slice(0, 160)}</li>
        ))}
      </ul>
    </FormDialog>
  );
}
