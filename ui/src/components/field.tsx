import { useId, type ComponentProps, type ReactNode } from "react";
import styles from "./field.module.css";
import { cx } from "@/lib/class-names";

interface Around {
  label: ReactNode;
  /** What helps to fill it in. */
  hint?: ReactNode;
  /** Why it is refused; read out when it appears. */
  error?: ReactNode;
  /** The label is for screen readers alone: what it is for is plain to see. */
  hideLabel?: boolean;
}

type Given<Kind extends "input" | "textarea" | "select"> = Around & ComponentProps<Kind>;

function useField(around: Around) {
  const id = useId();
  const described = [around.hint && `${id}-hint`, around.error && `${id}-error`].filter(Boolean);
  return {
    id,
    "aria-invalid": around.error ? true : undefined,
    "aria-describedby": described.length ? described.join(" ") : undefined,
  };
}

function Labelled({ id, around, children }: { id: string; around: Around; children: ReactNode }) {
  return (
    <div className={styles["field"]}>
      <label htmlFor={id} className={cx(styles["label"], around.hideLabel && "visually-hidden")}>
        {around.label}
      </label>
      {children}
      {around.hint && (
        <p id={`${id}-hint`} className={styles["hint"]}>
          {around.hint}
        </p>
      )}
      {around.error && (
        <p id={`${id}-error`} className={styles["error"]} role="alert">
          {around.error}
        </p>
      )}
    </div>
  );
}

/** A line of text with its label. */
export function TextField({ label, hint, error, hideLabel, className, ...rest }: Given<"input">) {
  const around: Around = { label, hint, error, hideLabel: hideLabel ?? false };
  const field = useField(around);
  return (
    <Labelled id={field.id} around={around}>
      <input {...field} {...rest} className={cx(styles["control"], className)} />
    </Labelled>
  );
}

/** Several lines of text. */
export function TextArea({ label, hint, error, hideLabel, className, ...rest }: Given<"textarea">) {
  const around: Around = { label, hint, error, hideLabel: hideLabel ?? false };
  const field = useField(around);
  return (
    <Labelled id={field.id} around={around}>
      <textarea {...field} {...rest} className={cx(styles["control"], styles["area"], className)} />
    </Labelled>
  );
}

/** One of a few. The browser's own list is the one that works everywhere, by touch and by ear. */
export function SelectField({
  label,
  hint,
  error,
  hideLabel,
  className,
  ...rest
}: Given<"select">) {
  const around: Around = { label, hint, error, hideLabel: hideLabel ?? false };
  const field = useField(around);
  return (
    <Labelled id={field.id} around={around}>
      <select {...field} {...rest} className={cx(styles["control"], className)} />
    </Labelled>
  );
}
