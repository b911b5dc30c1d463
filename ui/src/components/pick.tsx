/** One of many, found by a few letters: a dialog with a list, made for the keyboard. */
import * as Ariakit from "@ariakit/react";
import { useDeferredValue, useMemo, useState, type ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Dialog } from "./dialog";
import styles from "./pick.module.css";

export interface Option {
  id: string;
  label: string;
  group?: string;
  about?: string;
  /** Further words it is found by. */
  words?: string;
  mark?: ReactNode;
  chosen?: boolean;
  disabled?: boolean;
}

interface PickProps {
  open: boolean;
  onClose: () => void;
  title: string;
  options: readonly Option[];
  onPick: (id: string) => void;
  /** What is typed can be chosen, too, although it is no option yet. */
  onNew?: ((text: string) => void) | undefined;
  /** The options were found by the server for what is typed. */
  onSearch?: ((text: string) => void) | undefined;
  placeholder?: string;
  empty?: string;
  children?: ReactNode;
}

/** Options shown at once; more are found by more letters. */
const MOST = 100;

export function Pick({ open, onClose, title, children, ...rest }: PickProps) {
  return (
    <Dialog open={open} onClose={onClose} title={title} size="small">
      {children}
      <PickList title={title} {...rest} />
    </Dialog>
  );
}

/** The list by itself, for dialogs that hold more. */
export function PickList({
  title,
  options,
  onPick,
  onNew,
  onSearch,
  placeholder,
  empty,
}: Omit<PickProps, "open" | "onClose" | "children">) {
  const t = useTranslations("common");
  const [typed, setTyped] = useState("");
  const query = useDeferredValue(typed);
  const found = useMemo(
    () => (onSearch ? options : fitting(options, query)),
    [options, query, onSearch],
  );
  const shown = found.slice(0, MOST);
  const text = typed.trim();
  const isNew =
    onNew && text !== "" && !options.some((one) => one.label === text || one.id === text);
  return (
    <Ariakit.ComboboxProvider
      open
      inputValue={typed}
      setInputValue={(next) => {
        setTyped(next);
        onSearch?.(next);
      }}
      compositeElementInFocusOrder={false}
    >
      <Ariakit.Combobox
        autoSelect="always"
        // eslint-disable-next-line jsx-a11y/no-autofocus -- it was opened to be typed into
        autoFocus
        className={styles["input"]}
        placeholder={placeholder ?? t("search")}
        aria-label={placeholder ?? title}
      />
      <Ariakit.ComboboxList alwaysVisible className={styles["list"]} aria-label={title}>
        {shown.map((option, n) => (
          <Ariakit.ComboboxItem
            key={option.id}
            value={option.id}
            className={styles["item"]}
            disabled={option.disabled ?? false}
            hideOnClick={false}
            setValueOnClick={false}
            onClick={() => onPick(option.id)}
          >
            {option.group && option.group !== shown[n - 1]?.group && (
              <span className={styles["group"]}>{option.group}</span>
            )}
            <span className={styles["line"]}>
              {option.mark}
              <span className={styles["label"]}>{option.label}</span>
              {option.about && <small>{option.about}</small>}
              {option.chosen && <span aria-hidden="true">✓</span>}
            </span>
          </Ariakit.ComboboxItem>
        ))}
        {isNew && (
          <Ariakit.ComboboxItem
            value={`new ${text}`}
            className={styles["item"]}
            hideOnClick={false}
            setValueOnClick={false}
            onClick={() => onNew(text)}
          >
            <span className={styles["line"]}>{t("use", { value: text })}</span>
          </Ariakit.ComboboxItem>
        )}
        {found.length === 0 && !isNew && <p className={styles["none"]}>{empty ?? t("nothing")}</p>}
      </Ariakit.ComboboxList>
    </Ariakit.ComboboxProvider>
  );
}

/** Options in which every word occurs. */
export function fitting(options: readonly Option[], query: string): readonly Option[] {
  const words = query.toLowerCase().normalize("NFC").split(/\s+/).filter(Boolean);
  if (words.length === 0) return options;
  return options.filter(({ id, label, about, words: more }) => {
    const text = [id, label, about, more].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
