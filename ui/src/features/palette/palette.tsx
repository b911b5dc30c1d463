import * as Ariakit from "@ariakit/react";
import { useDeferredValue, useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import styles from "./palette.module.css";
import type { Action } from "@/actions/action";
import { Keycaps } from "@/actions/keycaps";
import { useAllActions } from "@/actions/registry";
import { givesFocusBack } from "@/lib/focus";

/** Everything that can be done here, found by a few letters. */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Ariakit.Dialog
      open={open}
      onClose={onClose}
      aria-label={useTranslations("shell")("palette")}
      autoFocusOnHide={givesFocusBack}
      className={styles["palette"]}
      backdrop={<div className={styles["backdrop"]} />}
      preventBodyScroll={false}
      unmountOnHide
    >
      <PaletteBox onClose={onClose} />
    </Ariakit.Dialog>
  );
}

function PaletteBox({ onClose }: { onClose: () => void }) {
  const t = useTranslations("actions");
  const [typed, setTyped] = useState("");
  const query = useDeferredValue(typed);
  const actions = useAllActions();
  const found = useMemo(() => matching(actions, query), [actions, query]);
  const choose = (action: Action) => {
    onClose();
    // The palette gives the focus back first, so that what the action opens can take it.
    requestAnimationFrame(() => void action.run());
  };
  return (
    <Ariakit.ComboboxProvider
      open
      inputValue={typed}
      setInputValue={setTyped}
      compositeElementInFocusOrder={false}
    >
      <Ariakit.Combobox
        autoSelect="always"
        // eslint-disable-next-line jsx-a11y/no-autofocus -- it was opened to be typed into
        autoFocus
        className={styles["input"]}
        placeholder={t("placeholder")}
        aria-label={t("placeholder")}
      />
      <Ariakit.ComboboxList alwaysVisible className={styles["list"]}>
        {found.map((action) => (
          <Ariakit.ComboboxItem
            key={action.id}
            className={styles["item"]}
            disabled={Boolean(action.disabled)}
            hideOnClick={false}
            setValueOnClick={false}
            onClick={() => choose(action)}
          >
            <span className={styles["icon"]}>
              {action.icon && <action.icon aria-hidden="true" size={16} />}
            </span>
            <span className={styles["label"]}>
              {action.label}
              {action.disabled && <small>{action.disabled}</small>}
            </span>
            <span className={styles["section"]}>{t(action.section)}</span>
            {action.keys && <Keycaps keys={action.keys} />}
          </Ariakit.ComboboxItem>
        ))}
        {found.length === 0 && <p className={styles["none"]}>{t("noMatch", { query })}</p>}
      </Ariakit.ComboboxList>
    </Ariakit.ComboboxProvider>
  );
}

/** Actions in which every word of the query occurs; those that begin with it come first. */
export function matching(actions: readonly Action[], query: string): readonly Action[] {
  const words = query.toLowerCase().normalize("NFC").split(/\s+/).filter(Boolean);
  if (words.length === 0) return actions.filter((action) => action.id !== "palette");
  const scored = actions.flatMap((action) => {
    const label = action.label.toLowerCase();
    const text = `${label} ${action.words?.toLowerCase() ?? ""}`;
    if (action.id === "palette" || !words.every((word) => text.includes(word))) return [];
    const first = words[0] ?? "";
    return [{ action, rank: label.startsWith(first) ? 0 : label.includes(` ${first}`) ? 1 : 2 }];
  });
  return scored.sort((a, b) => a.rank - b.rank).map(({ action }) => action);
}
