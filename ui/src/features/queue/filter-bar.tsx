/** What the list is narrowed by: a search, and a chip for each filter. */
import * as Ariakit from "@ariakit/react";
import { Plus, X } from "lucide-react";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useTranslations } from "use-intl";
import styles from "./filter-bar.module.css";
import { Values, useValueLabel } from "./filter-values";
import { FILTERS, withFilter, type Filter, type Wanted } from "./wanted";
import { Button } from "@/components/button";
import { Menu, MenuItem } from "@/components/menu";

interface BarProps {
  wanted: Wanted;
  onChange: (wanted: Wanted) => void;
  searchRef: React.RefObject<HTMLInputElement | null>;
}

export function FilterBar({ wanted, onChange, searchRef }: BarProps) {
  const t = useTranslations("queue");
  const given = FILTERS.filter((name) => name !== "text" && wanted.filters[name]);
  const [adding, setAdding] = useState<Filter | null>(null);
  const shown = adding && !given.includes(adding) ? [...given, adding] : given;
  return (
    <div className={styles["bar"]}>
      <Search wanted={wanted} onChange={onChange} searchRef={searchRef} />
      {shown.map((name) => (
        <Chip
          key={name}
          name={name}
          values={wanted.filters[name] ?? []}
          open={name === adding}
          onClose={() => setAdding(null)}
          onChange={(values) => onChange(withFilter(wanted, name, values))}
        />
      ))}
      <Menu
        label={t("addFilter")}
        button={
          <Button look="quiet" icon={Plus}>
            {t("filter")}
          </Button>
        }
      >
        {FILTERS.filter((name) => name !== "text" && !given.includes(name)).map((name) => (
          <MenuItem key={name} onSelect={() => setAdding(name)}>
            {t(`attribute.${name}`)}
          </MenuItem>
        ))}
      </Menu>
      {(given.length > 0 || wanted.filters.text) && (
        <Button look="quiet" onClick={() => onChange({ ...wanted, filters: {} })}>
          {t("clearFilters")}
        </Button>
      )}
    </div>
  );
}

/** Milliseconds of silence after which what was typed is searched for. */
const SILENCE = 250;

function Search({ wanted, onChange, searchRef }: BarProps) {
  const t = useTranslations("queue");
  const asked = wanted.filters.text?.[0] ?? "";
  const [typed, setTyped] = useState(asked);
  const [seen, setSeen] = useState(asked);
  if (asked !== seen) {
    setSeen(asked);
    setTyped(asked);
  }
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const search = (text: string) => {
    clearTimeout(timer.current);
    onChange(withFilter(wanted, "text", text.trim() ? [text.trim()] : []));
  };
  const type = (text: string, composing: boolean) => {
    setTyped(text);
    clearTimeout(timer.current);
    // A syllable that is still being put together is no word to search for.
    if (!composing) timer.current = setTimeout(() => search(text), SILENCE);
  };
  return (
    <input
      ref={searchRef}
      type="search"
      className={styles["search"]}
      placeholder={t("search")}
      aria-label={t("search")}
      value={typed}
      onChange={(event) => type(event.target.value, (event.nativeEvent as InputEvent).isComposing)}
      onCompositionEnd={(event) => type(event.currentTarget.value, false)}
      onKeyDown={(event: KeyboardEvent<HTMLInputElement>) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Enter") search(typed);
        if (event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}

interface ChipProps {
  name: Filter;
  values: string[];
  open: boolean;
  onClose: () => void;
  onChange: (values: string[]) => void;
}

function Chip({ name, values, open, onClose, onChange }: ChipProps) {
  const t = useTranslations("queue");
  const label = useValueLabel(name, values);
  const popover = Ariakit.usePopoverStore({
    defaultOpen: open,
    setOpen: (now) => {
      if (!now) onClose();
    },
  });
  return (
    <span className={styles["chip"]}>
      <Ariakit.PopoverDisclosure store={popover} className={styles["chosen"]}>
        <span className={styles["attribute"]}>{t(`attribute.${name}`)}</span>
        {values.map(label).join(", ") || "…"}
      </Ariakit.PopoverDisclosure>
      <button
        type="button"
        className={styles["remove"]}
        aria-label={t("removeFilter", { attribute: t(`attribute.${name}`) })}
        onClick={() => {
          onChange([]);
          onClose();
        }}
      >
        <X aria-hidden="true" size={13} />
      </button>
      <Ariakit.Popover
        store={popover}
        portal
        gutter={4}
        className={styles["popover"]}
        aria-label={t(`attribute.${name}`)}
        unmountOnHide
      >
        <Values name={name} values={values} onChange={onChange} onDone={() => popover.hide()} />
      </Ariakit.Popover>
    </span>
  );
}
