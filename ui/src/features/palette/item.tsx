import * as Ariakit from "@ariakit/react";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./palette.module.css";

interface ItemProps {
  icon?: LucideIcon | undefined;
  disabled?: boolean;
  children: ReactNode;
  /** A second line. */
  about?: ReactNode;
  after?: ReactNode;
  onChoose: () => void;
}

/** One thing that the palette offers. */
export function Item({ icon: Icon, disabled, children, about, after, onChoose }: ItemProps) {
  return (
    <Ariakit.ComboboxItem
      className={styles["item"]}
      disabled={disabled ?? false}
      hideOnClick={false}
      setValueOnClick={false}
      onClick={onChoose}
    >
      <span className={styles["icon"]}>{Icon && <Icon aria-hidden="true" size={16} />}</span>
      <span className={styles["label"]}>
        {children}
        {about && <small>{about}</small>}
      </span>
      {after}
    </Ariakit.ComboboxItem>
  );
}
