/** Short messages at the edge of the page: what was done, with a way back; what was refused. */
import { createContext, use, useCallback, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Button } from "./button";
import styles from "./toasts.module.css";
import { cx } from "@/lib/class-names";
import { focusPage, isFocusFree } from "@/lib/focus";

/** Milliseconds a message stays; one that can be acted on stays longer. */
const STAYS = 5_000;
const STAYS_TO_ACT = 12_000;

export interface Toast {
  text: ReactNode;
  kind?: "done" | "refused";
  action?: { label: string; run: () => void };
}

type Tell = (toast: Toast) => void;

const ToastContext = createContext<Tell | null>(null);

export function Toasts({ children }: { children: ReactNode }) {
  const t = useTranslations("common");
  const [shown, setShown] = useState<readonly (Toast & { id: number })[]>([]);
  const count = useRef(0);
  const drop = useCallback(
    (id: number) => setShown((toasts) => toasts.filter((toast) => toast.id !== id)),
    [],
  );
  /** Its button goes with it, and must not take the focus along. */
  const dropAtHand = (id: number) => {
    drop(id);
    requestAnimationFrame(() => {
      if (isFocusFree()) focusPage();
    });
  };
  const tell = useCallback<Tell>(
    (toast) => {
      const id = ++count.current;
      setShown((toasts) => [...toasts.slice(-2), { ...toast, id }]);
      setTimeout(() => drop(id), toast.action || toast.kind === "refused" ? STAYS_TO_ACT : STAYS);
    },
    [drop],
  );
  return (
    <ToastContext value={tell}>
      {children}
      <div className={styles["toasts"]} role="status" aria-live="polite">
        {shown.map((toast) => (
          <div key={toast.id} className={cx(styles["toast"], styles[toast.kind ?? "done"])}>
            <span className={styles["text"]}>{toast.text}</span>
            {toast.action && (
              <Button
                look="quiet"
                onClick={() => {
                  dropAtHand(toast.id);
                  toast.action?.run();
                }}
              >
                {toast.action.label}
              </Button>
            )}
            <button
              type="button"
              className={styles["close"]}
              aria-label={t("close")}
              onClick={() => dropAtHand(toast.id)}
            >
              ×
            </button>
          </div>
        ))}
      </div>
    </ToastContext>
  );
}

/** Say something at the edge of the page. */
export function useTell(): Tell {
  const tell = use(ToastContext);
  if (!tell) throw new Error("useTell needs <Toasts> around it.");
  return useMemo(() => tell, [tell]);
}
