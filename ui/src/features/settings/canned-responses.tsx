import { queryOptions, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslations } from "use-intl";
import styles from "./settings.module.css";
import { Shelf, ShelfForm } from "./shelf";
import { api, data } from "@/api/client";
import {
  changeThing,
  createThing,
  everyCannedResponse,
  type CannedResponse,
} from "@/api/configuration";
import { Button } from "@/components/button";
import { SelectField, TextArea, TextField } from "@/components/field";
import { LOCALES } from "@/i18n/intl";

const variables = queryOptions({
  queryKey: ["variables"],
  queryFn: ({ signal }) => data(api.GET("/api/v1/variables", { signal })),
  staleTime: Infinity,
});

/** Answers that are written once and used by all. */
export function CannedResponses() {
  const t = useTranslations("settings");
  return (
    <Shelf
      thing="canned_response"
      title={t("tab.canned")}
      items={useQuery(everyCannedResponse).data}
      about={(item) => item.body.slice(0, 120)}
      form={(item, done) => <CannedResponseForm item={item} onDone={done} />}
    />
  );
}

function CannedResponseForm({ item, onDone }: { item: CannedResponse | null; onDone: () => void }) {
  const t = useTranslations("settings");
  const [name, setName] = useState(item?.name ?? "");
  const [folder, setFolder] = useState(item?.folder ?? "");
  const [body, setBody] = useState(item?.body ?? "");
  const [language, setLanguage] = useState(item?.language ?? "");
  const text = useRef<HTMLTextAreaElement>(null);
  const known = useQuery(variables).data?.items ?? [];
  const insert = (variable: string) => {
    const box = text.current;
    const at = box?.selectionStart ?? body.length;
    setBody(`${body.slice(0, at)}{{${variable}}}${body.slice(box?.selectionEnd ?? at)}`);
    box?.focus();
  };
  const save = async () => {
    const said = { body, language: language || null };
    if (!item) {
      await createThing("canned_response", {
        display_name: name,
        folder: folder || null,
        shared: true,
        ...said,
      });
      return;
    }
    if (name !== item.name)
      await changeThing("canned_response", item.id, "rename_canned_response", {
        display_name: name,
      });
    if ((folder || null) !== item.folder)
      await changeThing("canned_response", item.id, "move_canned_response", {
        folder: folder || null,
      });
    if (body !== item.body || (language || null) !== item.language)
      await changeThing("canned_response", item.id, "reword_canned_response", said);
  };
  return (
    <ShelfForm onSave={save} onDone={onDone}>
      <TextField
        label={t("name")}
        value={name}
        onChange={(event) => setName(event.target.value)}
        required
      />
      <div className={styles["pair"]}>
        <TextField
          label={t("folder")}
          value={folder}
          onChange={(event) => setFolder(event.target.value)}
        />
        <SelectField
          label={t("language")}
          value={language}
          onChange={(event) => setLanguage(event.target.value)}
        >
          <option value="">{t("anyLanguage")}</option>
          {LOCALES.map((locale) => (
            <option key={locale} value={locale}>
              {locale}
            </option>
          ))}
        </SelectField>
      </div>
      <TextArea
        ref={text}
        label={t("text")}
        rows={8}
        value={body}
        onChange={(event) => setBody(event.target.value)}
        required
      />
      <div className={styles["chips"]} role="group" aria-label={t("insert")}>
        {known.map((variable) => (
          <Button key={variable.name} title={variable.about} onClick={() => insert(variable.name)}>
            {variable.name}
          </Button>
        ))}
      </div>
    </ShelfForm>
  );
}
