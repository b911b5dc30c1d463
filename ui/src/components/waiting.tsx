import { useEffect, useState, type ReactNode } from "react";
import { useTranslations } from "use-intl";
import styles from "./waiting.module.css";

/** What is there within this many milliseconds needs no sign that it is coming. */
const UNNOTICED = 150;

/** Grey lines in the place of what is coming, or `children` in their stead; nothing for a moment. */
export function Waiting({ lines = 6, children }: { lines?: number; children?: ReactNode }) {
  const t = useTranslations("common");
  const [noticed, setNoticed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setNoticed(true), UNNOTICED);
    return () => clearTimeout(timer);
  }, []);
  if (!noticed) return null;
  return (
    <div role="status" aria-busy="true">
      <span className="visually-hidden">{t("loading")}</span>
      {children ??
        Array.from({ length: lines }, (_, n) => <div key={n} className={styles["line"]} />)}
    </div>
  );
}
