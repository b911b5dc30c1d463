import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./empty.module.css";

interface EmptyProps {
  icon?: LucideIcon;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}

/** Where nothing is to be seen: why, and what to do now. */
export function Empty({ icon: Icon, title, children, action }: EmptyProps) {
  return (
    <div className={styles["empty"]}>
      {Icon && <Icon aria-hidden="true" size={32} strokeWidth={1.5} />}
      <h2 className={styles["title"]}>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}
