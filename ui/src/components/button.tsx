import * as Ariakit from "@ariakit/react";
import type { LucideIcon } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import styles from "./button.module.css";
import { cx } from "@/lib/class-names";

export interface ButtonProps extends Omit<ComponentProps<typeof Ariakit.Button>, "children"> {
  children?: ReactNode;
  icon?: LucideIcon;
  look?: "plain" | "primary" | "quiet" | "danger";
  /** What is asked for is under way: it cannot be asked for again. */
  busy?: boolean;
}

/** A button; one with an icon alone needs an `aria-label`. */
export function Button({
  icon: Icon,
  look = "plain",
  busy,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <Ariakit.Button
      {...rest}
      disabled={rest.disabled ?? busy ?? false}
      accessibleWhenDisabled={busy ?? rest.accessibleWhenDisabled ?? false}
      aria-busy={busy ?? undefined}
      className={cx(styles["button"], styles[look], !children && styles["square"], className)}
    >
      {Icon && <Icon aria-hidden="true" size={16} />}
      {children}
    </Ariakit.Button>
  );
}
