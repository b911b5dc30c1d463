import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import styles from "./settings.module.css";
import { Shelf, ShelfForm } from "./shelf";
import { changeThing, createThing, everyField, type Field } from "@/api/configuration";
import { SelectField, TextField } from "@/components/field";
import { fieldLabel } from "@/components/field-words";
import { useLocaleChoice } from "@/i18n/intl";

const KINDS = ["text", "number", "flag", "choice", "date"] as const;

/** What else a ticket can hold here. */
export function Fields() {
  const t = useTranslations("settings");
  const { locale } = useLocaleChoice();
  const items = useQuery(everyField).data?.map((field) => ({
    ...field,
    name: fieldLabel(field, locale),
    folder: null,
  }));
  return (
    <Shelf
      thing="field"
      title={t("tab.fields")}
      items={items}
      about={(field) =>
        [field.id, t(`kind.${field.kind}`), field.required_to_resolve && t("required")]
          .filter(Boolean)
          .join(" · ")
      }
      form={(field, done) => <FieldForm field={field} onDone={done} />}
    />
  );
}

function FieldForm({ field, onDone }: { field: Field | null; onDone: () => void }) {
  const t = useTranslations("settings");
  const [id, setId] = useState(field?.id ?? "");
  const [kind, setKind] = useState<Field["kind"]>(field?.kind ?? "text");
  const [english, setEnglish] = useState(field?.label["en"] ?? "");
  const [korean, setKorean] = useState(field?.label["ko"] ?? "");
  const [choices, setChoices] = useState(field?.choices.map((one) => one.value).join(", ") ?? "");
  const [required, setRequired] = useState(field?.required_to_resolve ?? false);
  const save = async () => {
    const label = Object.fromEntries(
      [
        ["en", english],
        ["ko", korean],
      ].filter(([, text]) => text),
    ) as Record<string, string>;
    const values = choices
      .split(",")
      .map((value) => value.trim())
      .filter(Boolean)
      .map((value) => field?.choices.find((one) => one.value === value) ?? { value });
    if (!field) {
      await createThing(
        "field",
        { kind, label, choices: kind === "choice" ? values : [], required_to_resolve: required },
        id,
      );
      return;
    }
    if (english !== (field.label["en"] ?? "") || korean !== (field.label["ko"] ?? ""))
      await changeThing("field", field.id, "relabel_field", {
        label: { ...field.label, ...label },
      });
    if (kind === "choice")
      await changeThing("field", field.id, "set_field_choices", { choices: values });
    if (required !== field.required_to_resolve)
      await changeThing("field", field.id, required ? "require_field" : "make_field_optional");
  };
  return (
    <ShelfForm onSave={save} onDone={onDone}>
      <div className={styles["pair"]}>
        <TextField
          label={t("fieldName")}
          hint={t("fieldNameHint")}
          value={id}
          onChange={(event) => setId(event.target.value)}
          required
          disabled={field !== null}
        />
        <SelectField
          label={t("fieldKind")}
          value={kind}
          disabled={field !== null}
          onChange={(event) => setKind(event.target.value as Field["kind"])}
        >
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {t(`kind.${one}`)}
            </option>
          ))}
        </SelectField>
      </div>
      <div className={styles["pair"]}>
        <TextField
          label="English"
          value={english}
          onChange={(event) => setEnglish(event.target.value)}
          required
        />
        <TextField
          label="한국어"
          value={korean}
          onChange={(event) => setKorean(event.target.value)}
        />
      </div>
      {kind === "choice" && (
        <TextField
          label={t("choices")}
          hint={t("choicesHint")}
          value={choices}
          onChange={(event) => setChoices(event.target.value)}
          required
        />
      )}
      <label className={styles["check"]}>
        <input
          type="checkbox"
          checked={required}
          onChange={(event) => setRequired(event.target.checked)}
        />
        {t("required")}
      </label>
    </ShelfForm>
  );
}
