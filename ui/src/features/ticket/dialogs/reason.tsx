import { useState } from "react";
import { useTranslations } from "use-intl";
import { FormDialog } from "./form";
import { TextField } from "@/components/field";

interface ReasonProps {
  title: string;
  /** What the reason is asked by; without it only whether one is sure. */
  label?: string;
  about?: string;
  onClose: () => void;
  onDone: (reason: string) => Promise<unknown>;
}

/** Why, in a sentence that stays in the history. */
export function ReasonDialog({ title, label, about, onClose, onDone }: ReasonProps) {
  const t = useTranslations("ticket.dialog");
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  return (
    <FormDialog
      title={title}
      submit={title}
      onClose={onClose}
      onSubmit={async () => {
        if (label && !reason.trim()) {
          setMissing(true);
          return null;
        }
        const asked = onDone(reason.trim());
        onClose();
        return asked;
      }}
    >
      {about && <p>{about}</p>}
      {label && (
        <TextField
          label={label}
          value={reason}
          error={missing && !reason.trim() ? t("required") : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
          // eslint-disable-next-line jsx-a11y/no-autofocus -- the dialog asks for it alone
          autoFocus
        />
      )}
    </FormDialog>
  );
}
