import { Clock } from "lucide-react";
import { useTranslations } from "use-intl";
import styles from "./filter-bar.module.css";
import { localInput } from "./instants";
import { withoutPast, type Wanted } from "./wanted";

/** A past instant to look at; none is now. */
export function AsOf({ wanted, onChange }: { wanted: Wanted; onChange: (wanted: Wanted) => void }) {
  const t = useTranslations("queue");
  const change = (typed: string) => {
    const now = withoutPast(wanted);
    onChange(typed ? { ...now, as_of: new Date(typed).toISOString() } : now);
  };
  return (
    <span className={styles["asof"]}>
      <Clock aria-hidden="true" size={15} />
      <input
        type="datetime-local"
        aria-label={t("asOf")}
        title={t("asOf")}
        className={styles["instant"]}
        max={localInput(new Date().toISOString())}
        value={localInput(wanted.as_of)}
        onChange={(event) => change(event.target.value)}
      />
    </span>
  );
}
