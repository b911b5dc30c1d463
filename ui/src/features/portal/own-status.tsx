import { useTranslations } from "use-intl";
import styles from "./portal.module.css";
import type { Status } from "@/api/tickets";

/** A status in the requester's words: who has to do something now. */
export function OwnStatus({ status }: { status: Status }) {
  const t = useTranslations("portal");
  return (
    <span className={styles["status"]} data-status={status}>
      {t(`status.${status}`)}
    </span>
  );
}
