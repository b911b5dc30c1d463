import { ArrowDown, ArrowUp, Columns3 } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { COLUMNS, USUAL, type ColumnName } from "./columns";
import styles from "./columns-menu.module.css";
import type { Layout } from "./layout";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";

interface ColumnsMenuProps {
  layout: Layout;
  onChange: (layout: Partial<Layout>) => void;
}

/** Which columns are shown, in which order, and how wide. */
export function ColumnsMenu({ layout, onChange }: ColumnsMenuProps) {
  const t = useTranslations("queue");
  const [open, setOpen] = useState(false);
  const shown = layout.columns;
  const move = (name: ColumnName, step: number) => {
    const at = shown.indexOf(name);
    const columns = shown.filter((one) => one !== name);
    columns.splice(at + step, 0, name);
    onChange({ columns });
  };
  const toggle = (name: ColumnName) => {
    const columns = shown.includes(name) ? shown.filter((one) => one !== name) : [...shown, name];
    if (columns.length > 0) onChange({ columns });
  };
  return (
    <>
      <Button
        look="quiet"
        icon={Columns3}
        aria-label={t("columns")}
        onClick={() => setOpen(true)}
      />
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={t("columns")}
        foot={
          <Button onClick={() => onChange({ columns: USUAL, widths: {} })}>
            {t("usualColumns")}
          </Button>
        }
      >
        <ul>
          {[...shown, ...COLUMNS.filter((name) => !shown.includes(name))].map((name) => {
            const at = shown.indexOf(name);
            const label = t(`column.${name}`);
            return (
              <li key={name} className={styles["line"]}>
                <label className={styles["name"]}>
                  <input type="checkbox" checked={at >= 0} onChange={() => toggle(name)} />
                  {label}
                </label>
                {at >= 0 && (
                  <>
                    <input
                      type="number"
                      className={styles["width"]}
                      aria-label={t("widthOf", { column: label })}
                      min={56}
                      max={900}
                      step={10}
                      value={Math.round(layout.widths[name] ?? 0) || ""}
                      placeholder={t("width")}
                      onChange={(event) => {
                        const width = Number(event.target.value);
                        if (width >= 56) onChange({ widths: { ...layout.widths, [name]: width } });
                      }}
                    />
                    <Button
                      look="quiet"
                      icon={ArrowUp}
                      aria-label={t("moveUp", { column: label })}
                      disabled={at === 0}
                      onClick={() => move(name, -1)}
                    />
                    <Button
                      look="quiet"
                      icon={ArrowDown}
                      aria-label={t("moveDown", { column: label })}
                      disabled={at === shown.length - 1}
                      onClick={() => move(name, 1)}
                    />
                  </>
                )}
              </li>
            );
          })}
        </ul>
      </Dialog>
    </>
  );
}
