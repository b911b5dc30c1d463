import { useState } from "react";
import { useTranslations } from "use-intl";
import { useTicket } from "../context";
import { FormDialog } from "./form";
import { TextArea, TextField } from "@/components/field";

/** Codes that every desk has; any other word will do as well. */
const CODES = ["fixed", "explained", "answered", "workaround", "duplicate", "not_reproducible"];

/** An answer was given: how, and what was done. */
export function ResolveDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations("ticket");
  const { ask, ticket } = useTicket();
  const [code, setCode] = useState("fixed");
  const [note, setNote] = useState("");
  return (
    <FormDialog
      title={`${t("do.resolve")} · #${ticket.number}`}
      submit={t("do.resolve")}
      disabled={!code.trim()}
      onClose={onClose}
      onSubmit={() => {
        const asked = ask(
          "resolve",
          { code: code.trim(), note: note.trim() },
          { what: t("do.resolve"), expected: { status: "resolved", resolution_code: code.trim() } },
        );
        onClose();
        return asked;
      }}
    >
      <TextField
        label={t("dialog.code")}
        hint={t("dialog.codeHint")}
        list="resolution-codes"
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        onFocus={(event) => event.currentTarget.select()}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- what the dialog asks for first
        autoFocus
      />
      <datalist id="resolution-codes">
        {CODES.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <TextArea
        label={t("dialog.note")}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
