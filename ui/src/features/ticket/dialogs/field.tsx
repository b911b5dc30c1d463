import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { useTicket } from "../context";
import { FormDialog } from "./form";
import { everyField } from "@/api/configuration";
import { SelectField, TextField } from "@/components/field";
import { labelOf, useFieldWords } from "@/components/field-words";

/** The value of a custom field, as its definition wants it. */
export function FieldDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const t = useTranslations("ticket");
  const locale = useLocale();
  const { ask, ticket } = useTicket();
  const field = useQuery(everyField).data?.find((one) => one.id === name);
  const held = ticket.fields[name] ?? null;
  const [value, setValue] = useState(held === null ? "" : String(held));
  const label = useFieldWords().label(name);
  const kind = field?.kind ?? "text";
  const typed = () => {
    if (value === "") return null;
    if (kind === "number") return Number(value);
    if (kind === "flag") return value === "true";
    return value;
  };
  const given = {
    label,
    value,

    autoFocus: true,
  };
  return (
    <FormDialog
      title={t("do.field", { name: label })}
      submit={t("dialog.apply")}
      onClose={onClose}
      onSubmit={() => {
        const asked = ask(
          "set_field",
          { field: name, value: typed() },
          {
            what: t("do.field", { name: label }),
            expected: { fields: { ...ticket.fields, [name]: typed() } },
          },
        );
        onClose();
        return asked;
      }}
    >
      {kind === "choice" || kind === "flag" ? (
        <SelectField {...given} onChange={(event) => setValue(event.currentTarget.value)}>
          <option value="">{t("none")}</option>
          {kind === "flag" ? (
            <>
              <option value="true">✓</option>
              <option value="false">✗</option>
            </>
          ) : (
            field?.choices.map((choice) => (
              <option key={choice.value} value={choice.value}>
                {labelOf(choice.label, choice.value, locale)}
              </option>
            ))
          )}
        </SelectField>
      ) : (
        <TextField
          {...given}
          type={kind === "number" ? "number" : kind === "date" ? "date" : "text"}
          step={kind === "number" ? "any" : undefined}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
      )}
    </FormDialog>
  );
}
