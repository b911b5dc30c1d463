import { useTranslations } from "use-intl";
import styles from "./composer.module.css";
import type { Extras } from "./send";
import type { NextStatus } from "@/api/drafts";
import { TextField } from "@/components/field";

interface MoreProps {
  next: NextStatus;
  extras: Extras;
  onChange: (extras: Extras) => void;
  /** The reason is needed, and was not given. */
  missing: boolean;
}

/** What goes along with a next status that needs it. */
export function More({ next, extras, onChange, missing }: MoreProps) {
  const t = useTranslations("ticket");
  if (next === "open") return null;
  return (
    <div className={styles["more"]}>
      {next === "resolved" ? (
        <TextField
          label={t("compose.code")}
          hint={t("dialog.codeHint")}
          value={extras.code}
          onChange={(event) => onChange({ ...extras, code: event.currentTarget.value })}
        />
      ) : (
        <>
          <TextField
            label={next === "on_hold" ? t("compose.reasonHold") : t("compose.reason")}
            value={extras.reason}
            error={
              missing && next === "on_hold" && !extras.reason.trim()
                ? t("dialog.required")
                : undefined
            }
            onChange={(event) => onChange({ ...extras, reason: event.currentTarget.value })}
          />
          <TextField
            label={t("dialog.wakeAt")}
            type="datetime-local"
            value={extras.wakeAt}
            onChange={(event) => onChange({ ...extras, wakeAt: event.currentTarget.value })}
          />
        </>
      )}
    </div>
  );
}
