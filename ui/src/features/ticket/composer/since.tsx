/** Says that somebody wrote while one was writing. */
import { useTranslations } from "use-intl";
import styles from "./composer.module.css";
import type { Entry } from "@/api/conversation";
import { Button } from "@/components/button";

export function Since({ entries, onSeen }: { entries: readonly Entry[]; onSeen: () => void }) {
  const t = useTranslations("ticket.compose");
  const said = entries.filter((entry) => entry.kind !== "event");
  if (said.length === 0) return null;
  return (
    <div className={styles["notice"]} role="alert">
      <span>{t("newSince", { count: said.length })}</span>
      <q className={styles["excerpt"]}>{said.at(-1)?.body?.slice(0, 160)}</q>
      <Button onClick={onSeen}>{t("seen")}</Button>
    </div>
  );
}
