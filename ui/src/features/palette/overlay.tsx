import { useTranslations } from "use-intl";
import styles from "./palette.module.css";
import type { Section } from "@/actions/action";
import { Keycaps } from "@/actions/keycaps";
import { useAllActions } from "@/actions/registry";
import { Dialog } from "@/components/dialog";

const SECTIONS: readonly Section[] = ["ticket", "queue", "go", "general"];

/** All shortcuts of the page as it stands. */
export function ShortcutsOverlay({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations("actions");
  const actions = useAllActions().filter((action) => action.keys !== undefined);
  return (
    <Dialog open={open} onClose={onClose} title={t("shortcuts")} size="medium">
      <div className={styles["groups"]}>
        {SECTIONS.map((section) => {
          const here = actions.filter((action) => action.section === section);
          return (
            here.length > 0 && (
              <section key={section} className={styles["group"]}>
                <h3 className={styles["heading"]}>{t(section)}</h3>
                <ul>
                  {here.map((action) => (
                    <li key={action.id} className={styles["shortcut"]}>
                      <span>{action.label}</span>
                      <span className="visually-hidden">{action.keys}</span>
                      <Keycaps keys={action.keys ?? ""} />
                    </li>
                  ))}
                </ul>
              </section>
            )
          );
        })}
      </div>
    </Dialog>
  );
}
