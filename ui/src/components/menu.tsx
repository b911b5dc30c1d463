import * as Ariakit from "@ariakit/react";
import type { ReactElement, ReactNode } from "react";
import styles from "./menu.module.css";

interface MenuProps {
  /** The button that opens it. */
  button: ReactElement;
  label: string;
  children: ReactNode;
}

/** A menu behind a button. */
export function Menu({ button, label, children }: MenuProps) {
  return (
    <Ariakit.MenuProvider>
      <Ariakit.MenuButton render={button} />
      <Ariakit.Menu className={styles["menu"]} aria-label={label} gutter={4} portal unmountOnHide>
        {children}
      </Ariakit.Menu>
    </Ariakit.MenuProvider>
  );
}

interface MenuItemProps {
  children: ReactNode;
  icon?: ReactNode;
  after?: ReactNode;
  disabled?: boolean;
  checked?: boolean;
  onSelect: () => void;
}

/** One thing to choose. With `checked` it is one of several, of which one is so now. */
export function MenuItem({ children, icon, after, disabled, checked, onSelect }: MenuItemProps) {
  return (
    <Ariakit.MenuItem
      className={styles["item"]}
      disabled={disabled ?? false}
      onClick={onSelect}
      {...(checked === undefined ? {} : { role: "menuitemradio", "aria-checked": checked })}
    >
      <span className={styles["mark"]}>{checked ? "✓" : icon}</span>
      <span className={styles["text"]}>{children}</span>
      {after}
    </Ariakit.MenuItem>
  );
}

/** A heading over some of the items. */
export function MenuGroup({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <Ariakit.MenuGroup className={styles["group"]}>
      <Ariakit.MenuGroupLabel className={styles["heading"]}>{label}</Ariakit.MenuGroupLabel>
      {children}
    </Ariakit.MenuGroup>
  );
}
