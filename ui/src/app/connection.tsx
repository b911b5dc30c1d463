import { useEffect, useState, useSyncExternalStore } from "react";
import { useTranslations } from "use-intl";
import styles from "./shell.module.css";
import { useConnection } from "@/api/live";
import { useTell } from "@/components/toasts";

/** Milliseconds: what is back within these was hardly away. */
const UNNOTICED = 2_500;

const online = {
  subscribe: (listener: () => void) => {
    addEventListener("online", listener);
    addEventListener("offline", listener);
    return () => {
      removeEventListener("online", listener);
      removeEventListener("offline", listener);
    };
  },
  look: () => navigator.onLine,
};

/** Says that the connection is lost while it is, and that it is back. */
export function ConnectionBanner() {
  const t = useTranslations("live");
  const tell = useTell();
  const connection = useConnection();
  const isOnline = useSyncExternalStore(online.subscribe, online.look);
  const lost = connection === "lost" || !isOnline;
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (lost === shown) return;
    const change = () => {
      setShown(lost);
      if (!lost) tell({ text: t("back") });
    };
    const timer = setTimeout(change, lost ? UNNOTICED : 0);
    return () => clearTimeout(timer);
  }, [lost, shown, tell, t]);
  return (
    <div role="status" className={styles["connection"]}>
      {shown && t("offline")}
    </div>
  );
}
