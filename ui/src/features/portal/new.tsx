import { useMutation } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { FileList, useFiles } from "./files";
import { useKeptText } from "./kept-text";
import { openRequest } from "./own";
import styles from "./portal.module.css";
import { newCommandId } from "@/api/client";
import { ProblemError } from "@/api/problems";
import { Button } from "@/components/button";
import { TextArea, TextField } from "@/components/field";
import { useProblemText } from "@/components/problem-text";
import { useLocaleChoice } from "@/i18n/intl";

/** Ask for help. What is typed is kept in this browser until it is sent. */
export function NewRequestPage() {
  const t = useTranslations();
  const router = useRouter();
  const words = useProblemText();
  const { locale } = useLocaleChoice();
  const [subject, setSubject, forgetSubject] = useKeptText("new.subject");
  const [description, setDescription, forgetDescription] = useKeptText("new.description");
  const files = useFiles();
  const [id] = useState(newCommandId);
  const send = useMutation({
    mutationFn: () =>
      openRequest({ subject, description, attachments: files.attachments }, id, locale),
    onSuccess: (number) => {
      forgetSubject();
      forgetDescription();
      void router.navigate({ to: "/portal/$number", params: { number: String(number) } });
    },
  });
  const faults = send.error instanceof ProblemError ? (send.error.problem.errors ?? []) : [];
  const fault = (field: string) => faults.find((one) => one.field === field)?.message;
  return (
    <div className={styles["page"]}>
      <div className={styles["column"]}>
        <Link to="/portal">{t("portal.back")}</Link>
        <h1 className={styles["title"]}>{t("portal.new")}</h1>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- files can be chosen by the button, too */}
        <form
          className={styles["form"]}
          onSubmit={(event) => {
            event.preventDefault();
            send.mutate();
          }}
          onPaste={(event) => files.add(event.clipboardData.files)}
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault();
            files.add(event.dataTransfer.files);
          }}
        >
          <TextField
            label={t("portal.subject")}
            hint={t("portal.subjectHint")}
            value={subject}
            onChange={(event) => setSubject(event.target.value)}
            required
            maxLength={500}
            error={fault("subject")}
          />
          <TextArea
            label={t("portal.description")}
            hint={t("portal.descriptionHint")}
            rows={9}
            value={description}
            onChange={(event) => setDescription(event.target.value)}
            required
            error={fault("description")}
          />
          <FileList held={files} />
          {send.error && (
            <p role="alert" className={styles["refused"]}>
              {words(send.error)}
            </p>
          )}
          <div>
            <Button type="submit" look="primary" busy={send.isPending || files.isUploading}>
              {t("portal.send")}
            </Button>
          </div>
        </form>
      </div>
    </div>
  );
}
