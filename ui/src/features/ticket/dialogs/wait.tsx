import { useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { useTicket } from "../context";
import { FormDialog } from "./form";
import { Button } from "@/components/button";
import { TextField } from "@/components/field";
import { inAnHour, localInput, nextMonday, tomorrow } from "@/lib/moments";

/** Waiting for the requester, for somebody else, or until an instant. */
export function WaitDialog({
  what,
  onClose,
}: {
  what: "pend" | "hold" | "snooze";
  onClose: () => void;
}) {
  const t = useTranslations("ticket");
  const format = useFormatter();
  const { ask, ticket } = useTicket();
  const snooze = what === "snooze";
  const [reason, setReason] = useState("");
  const [wakeAt, setWakeAt] = useState(snooze ? localInput(tomorrow(new Date())) : "");
  const [missing, setMissing] = useState(false);
  const times = [
    [t("dialog.inAnHour"), inAnHour],
    [t("dialog.tomorrow"), tomorrow],
    [t("dialog.nextWeek"), nextMonday],
  ] as const;
  const submit = async () => {
    if (what === "hold" && !reason.trim()) {
      setMissing(true);
      return null;
    }
    const wake_at = wakeAt ? new Date(wakeAt).toISOString() : null;
    const given = reason.trim() || (snooze ? t("do.snooze") : t("do.pend"));
    const command = what === "pend" ? "pend" : "hold";
    const asked = ask(
      command,
      { reason: given, wake_at },
      {
        what: t(`do.${what}`),
        expected: { status: what === "pend" ? "pending" : "on_hold", waiting_for: given, wake_at },
      },
    );
    onClose();
    return asked;
  };
  return (
    <FormDialog
      title={`${t(`do.${what}`)} · #${ticket.number}`}
      submit={t(`do.${what}`)}
      onClose={onClose}
      onSubmit={submit}
    >
      <TextField
        label={
          what === "pend"
            ? t("dialog.reasonPend")
            : snooze
              ? t("dialog.reason")
              : t("dialog.reasonHold")
        }
        value={reason}
        error={missing && !reason.trim() ? t("dialog.required") : undefined}
        onChange={(event) => setReason(event.currentTarget.value)}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- what the dialog asks for first
        autoFocus
      />
      <TextField
        label={t(snooze ? "dialog.wakeWhen" : "dialog.wakeAt")}
        type="datetime-local"
        required={snooze}
        value={wakeAt}
        min={localInput(new Date())}
        onChange={(event) => setWakeAt(event.currentTarget.value)}
      />
      <div style={{ display: "flex", flexWrap: "wrap", gap: 8 }}>
        {times.map(([label, at]) => (
          <Button
            key={label}
            title={format.dateTime(at(new Date()), { dateStyle: "medium", timeStyle: "short" })}
            onClick={() => setWakeAt(localInput(at(new Date())))}
          >
            {label}
          </Button>
        ))}
      </div>
    </FormDialog>
  );
}
