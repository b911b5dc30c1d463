import { useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useTicket } from "../context";
import type { FoundTicket } from "../reading";
import styles from "./dialogs.module.css";
import { FindTicket } from "./find-ticket";
import { FormDialog } from "./form";
import { command } from "@/api/commands";
import { useConversation } from "@/api/conversation";
import { useRequesterNames } from "@/api/people";
import { ticketKey } from "@/api/tickets";
import { Dialog } from "@/components/dialog";
import { useProblemText } from "@/components/problem-text";
import { StatusMark } from "@/components/words";

/** Into which ticket, and what will happen then: asked of the API, not guessed. */
export function MergeDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations("ticket.dialog");
  const { ticket } = useTicket();
  const [target, setTarget] = useState<FoundTicket | null>(null);
  const title = t("mergeTitle", { number: ticket.number });
  if (target) return <Preview target={target} title={title} onClose={onClose} />;
  return (
    <Dialog open onClose={onClose} title={title} size="medium">
      <FindTicket title={title} except={ticket.id} final={false} onPick={setTarget} />
    </Dialog>
  );
}

function Preview({
  target,
  title,
  onClose,
}: {
  target: FoundTicket;
  title: string;
  onClose: () => void;
}) {
  const t = useTranslations("ticket.dialog");
  const words = useProblemText();
  const { ref, ticket, ask } = useTicket();
  const tried = useQuery({
    queryKey: ticketKey(ref, "merge", target.id, ticket.version),
    queryFn: () =>
      command(ticket.id, "merge", { into: target.id }, { seen: ticket.version, dryRun: true }),
    retry: false,
  });
  const { entries, hasEarlier } = useConversation(ref);
  const names = useRequesterNames([ticket.requester, target.requester]);
  return (
    <FormDialog
      title={title}
      submit={t("merge")}
      size="medium"
      disabled={!tried.data?.changed}
      onClose={onClose}
      onSubmit={() => {
        const asked = ask(
          "merge",
          { into: target.id },
          { what: t("merged", { number: target.number }) },
        );
        onClose();
        return asked;
      }}
    >
      <div className={styles["merge"]}>
        <div className={styles["side"]}>
          <strong>#{ticket.number}</strong> <StatusMark status={ticket.status} />
          <span>{ticket.subject}</span>
          <small>{names(ticket.requester)}</small>
        </div>
        <ArrowRight aria-hidden="true" />
        <div className={styles["side"]}>
          <strong>#{target.number}</strong> <StatusMark status={target.status} />
          <span>{target.subject}</span>
          <small>{names(target.requester)}</small>
        </div>
      </div>
      {tried.error ? (
        <p role="alert" className={styles["refused"]}>
          {words(tried.error)}
        </p>
      ) : (
        <>
          <strong>{t("mergeWill")}</strong>
          <ul className={styles["will"]}>
            <li>{t("mergeSource", { number: ticket.number, subject: ticket.subject })}</li>
            <li>
              {hasEarlier
                ? t("mergeTargetLong", { number: target.number, subject: target.subject })
                : t("mergeTarget", {
                    count: entries.filter((entry) => entry.kind !== "event").length,
                    number: target.number,
                    subject: target.subject,
                  })}
            </li>
            {target.requester !== ticket.requester && (
              <li className={styles["warning"]}>
                {t("mergeOtherRequester", {
                  a: names(ticket.requester),
                  b: names(target.requester),
                })}
              </li>
            )}
            <li>{t("mergeBack")}</li>
          </ul>
        </>
      )}
    </FormDialog>
  );
}
