import * as Ariakit from "@ariakit/react";
import { X } from "lucide-react";
import { useRef, type ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Button } from "./button";
import styles from "./dialog.module.css";
import { cx } from "@/lib/class-names";
import { givesFocusBack } from "@/lib/focus";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  children: ReactNode;
  /** Buttons at its foot, the one that goes on last. */
  foot?: ReactNode;
  size?: "small" | "medium" | "large";
  /** It has to be answered: neither Escape nor a click beside it closes it. */
  binding?: boolean;
}

/** What somebody fills in, best what is chosen already; `data-autofocus` is how Ariakit marks its own. */
const FIELDS = [
  "[data-autofocus=true]",
  "input:checked",
  ":is(input:not([hidden]), textarea, select):enabled",
];

/** A dialog over the page: it keeps the focus inside, and gives it back when it closes. */
export function Dialog({
  open,
  onClose,
  title,
  children,
  foot,
  size = "small",
  binding,
}: DialogProps) {
  const t = useTranslations("common");
  const body = useRef<HTMLDivElement>(null);
  /** One goes on in what is asked for, not at the button that closes it. */
  const focusField = () => {
    if (body.current?.contains(document.activeElement)) return false;
    const found = FIELDS.map((one) => body.current?.querySelector<HTMLElement>(one)).find(Boolean);
    found?.focus();
    return !found;
  };
  return (
    <Ariakit.Dialog
      open={open}
      onClose={onClose}
      className={cx(styles["dialog"], styles[size])}
      backdrop={<div className={styles["backdrop"]} />}
      autoFocusOnShow={focusField}
      autoFocusOnHide={givesFocusBack}
      hideOnEscape={!binding}
      hideOnInteractOutside={!binding}
      preventBodyScroll={false}
      unmountOnHide
    >
      <header className={styles["head"]}>
        <Ariakit.DialogHeading className={styles["title"]}>{title}</Ariakit.DialogHeading>
        {!binding && <Button look="quiet" icon={X} aria-label={t("close")} onClick={onClose} />}
      </header>
      <div ref={body} className={styles["body"]}>
        {children}
      </div>
      {foot && <footer className={styles["foot"]}>{foot}</footer>}
    </Ariakit.Dialog>
  );
}
