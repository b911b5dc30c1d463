import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useTicket } from "../context";
import { happeningIn, useEventText } from "../event-text";
import styles from "./dialogs.module.css";
import { FormDialog } from "./form";
import { command } from "@/api/commands";
import { everyMacro, type Macro } from "@/api/configuration";
import { useRequesterNames } from "@/api/people";
import { ticketKey } from "@/api/tickets";
import { Pick } from "@/components/pick";
import { useProblemText } from "@/components/problem-text";

/** Several changes at once: which macro, and what it will do here. */
export function MacroDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations("ticket");
  const found = useQuery(everyMacro).data ?? [];
  const [macro, setMacro] = useState<Macro | null>(null);
  if (macro) return <Preview macro={macro} onClose={onClose} />;
  return (
    <Pick
      open
      onClose={onClose}
      title={t("dialog.macroTitle")}
      empty={t("dialog.macroNone")}
      options={found.map(({ id, name, folder }) => ({
        id,
        label: name,
        group: folder ?? t("compose.noFolder"),
      }))}
      onPick={(id) => setMacro(found.find((one) => one.id === id) ?? null)}
    />
  );
}

function Preview({ macro, onClose }: { macro: Macro; onClose: () => void }) {
  const t = useTranslations("ticket.dialog");
  const words = useProblemText();
  const { ref, ticket, ask } = useTicket();
  const text = useEventText(useRequesterNames([ticket.requester]));
  const tried = useQuery({
    queryKey: ticketKey(ref, "macro", macro.id, ticket.version),
    queryFn: () =>
      command(
        ticket.id,
        "apply_macro",
        { macro: macro.id },
        { seen: ticket.version, dryRun: true },
      ),
    retry: false,
  });
  return (
    <FormDialog
      title={t("macroWill", { name: macro.name })}
      submit={t("macroApply")}
      size="medium"
      disabled={!tried.data?.changed}
      onClose={onClose}
      onSubmit={() => {
        const asked = ask("apply_macro", { macro: macro.id }, { what: macro.name });
        onClose();
        return asked;
      }}
    >
      {tried.error ? (
        <p role="alert" className={styles["refused"]}>
          {words(tried.error)}
        </p>
      ) : tried.data && !tried.data.changed ? (
        <p>{t("macroNothing")}</p>
      ) : (
        <ul className={styles["will"]}>
          {tried.data?.events
            .filter((event) => event.kind !== "ticket.macro_applied")
            .map((event, n) => (
              <li key={n}>
                {text(happeningIn(event))}
                {"body" in event.details && <blockquote>{event.details.body}</blockquote>}
              </li>
            ))}
        </ul>
      )}
    </FormDialog>
  );
}
