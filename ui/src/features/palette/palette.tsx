import * as Ariakit from "@ariakit/react";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { LONGEST, useFound } from "./found";
import { Item } from "./item";
import styles from "./palette.module.css";
import { FindingStatus, FoundItems, type Openers } from "./results";
import type { Action } from "@/actions/action";
import { Keycaps } from "@/actions/keycaps";
import { useAllActions } from "@/actions/registry";
import { givesFocusBack } from "@/lib/focus";

interface PaletteProps {
  open: boolean;
  onClose: () => void;
  /** Where what was found is opened; without it only actions are found. */
  opens?: Openers | undefined;
}

/** Everything that can be done here, and what the desk has, found by a few letters. */
export function Palette({ open, onClose, opens }: PaletteProps) {
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
      <PaletteBox onClose={onClose} opens={opens} />
    </Ariakit.Dialog>
  );
}

function PaletteBox({ onClose, opens }: Omit<PaletteProps, "open">) {
  const t = useTranslations("actions");
  const [typed, setTyped] = useState("");
  const all = useAllActions();
  const actions = useMemo(() => matching(all, typed), [all, typed]);
  const finding = useFound(typed, opens !== undefined);
  const choose = (run: () => void | Promise<void>) => {
    onClose();
    // The palette gives the focus back first, so that what the action opens can take it.
    requestAnimationFrame(() => void run());
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
        maxLength={LONGEST}
        className={styles["input"]}
        placeholder={t("placeholder")}
        aria-label={t("placeholder")}
      />
      <Ariakit.ComboboxList alwaysVisible className={styles["list"]}>
        {actions.length > 0 && (
          // Actions come first: what comes later does not move what Enter would choose.
          <Ariakit.ComboboxGroup>
            {typed.trim() !== "" && opens && (
              <Ariakit.ComboboxGroupLabel className={styles["groupHeading"]}>
                {t("actions")}
              </Ariakit.ComboboxGroupLabel>
            )}
            {actions.map((action) => (
              <Item
                key={action.id}
                icon={action.icon}
                disabled={Boolean(action.disabled)}
                about={action.disabled}
                onChoose={() => choose(action.run)}
                after={
                  <>
                    <span className={styles["section"]}>{t(action.section)}</span>
                    {action.keys && <Keycaps keys={action.keys} />}
                  </>
                }
              >
                {action.label}
              </Item>
            ))}
          </Ariakit.ComboboxGroup>
        )}
        {opens && <FoundItems finding={finding} opens={opens} onChoose={choose} />}
      </Ariakit.ComboboxList>
      <FindingStatus finding={finding} query={typed.trim()} actions={actions.length} />
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
