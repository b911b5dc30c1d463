import * as Ariakit from "@ariakit/react";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Button } from "./button";
import styles from "./dialog.module.css";
import { cx } from "@/lib/class-names";

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
  return (
    <Ariakit.Dialog
      open={open}
      onClose={onClose}
      className={cx(styles["dialog"], styles[size])}
      backdrop={<div className={styles["backdrop"]} />}
      hideOnEscape={!binding}
      hideOnInteractOutside={!binding}
      preventBodyScroll={false}
      unmountOnHide
    >
      <header className={styles["head"]}>
        <Ariakit.DialogHeading className={styles["title"]}>{title}</Ariakit.DialogHeading>
        {!binding && <Button look="quiet" icon={X} aria-label={t("close")} onClick={onClose} />}
      </header>
      <div className={styles["body"]}>{children}</div>
      {foot && <footer className={styles["foot"]}>{foot}</footer>}
    </Ariakit.Dialog>
  );
}
