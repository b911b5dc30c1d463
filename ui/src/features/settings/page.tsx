import { Link, getRouteApi } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { CannedResponses } from "./canned-responses";
import { Fields } from "./fields";
import { Macros } from "./macros";
import { OwnSessions } from "./sessions";
import styles from "./settings.module.css";
import { MachineTokens } from "./tokens";
import { useMe } from "@/api/me";

const route = getRouteApi("/inside/settings");

const TABS = {
  account: { show: OwnSessions, needs: "see oneself" },
  canned: { show: CannedResponses, needs: "work on tickets" },
  macros: { show: Macros, needs: "work on tickets" },
  fields: { show: Fields, needs: "run the desk" },
  tokens: { show: MachineTokens, needs: "manage tokens" },
} as const;
export type Tab = keyof typeof TABS;

/** One's own sessions, and what is set up for the work of all. */
export function SettingsPage() {
  const t = useTranslations("settings");
  const me = useMe();
  const search = route.useSearch();
  const offered = (Object.keys(TABS) as Tab[]).filter((tab) =>
    me.permissions.includes(TABS[tab].needs),
  );
  const tab = offered.find((one) => one === search["tab"]) ?? "account";
  const Shown = TABS[tab].show;
  return (
    <div className={styles["page"]}>
      <nav className={styles["tabs"]} aria-label={t("title")}>
        <h1 className={styles["title"]}>{t("title")}</h1>
        {offered.map((one) => (
          <Link
            key={one}
            to="/settings"
            search={{ tab: one }}
            className={styles["tab"]}
            aria-current={one === tab ? "page" : undefined}
          >
            {t(`tab.${one}`)}
          </Link>
        ))}
      </nav>
      <section className={styles["content"]} aria-label={t(`tab.${tab}`)}>
        <Shown />
      </section>
    </div>
  );
}
