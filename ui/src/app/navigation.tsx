import { useQueryClient } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { Inbox, LogOut, Search, Settings } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import styles from "./shell.module.css";
import { chooseTheme, THEMES, useTheme } from "./theme";
import { api, forgetPosition } from "@/api/client";
import type { Me } from "@/api/me";
import { session } from "@/api/session";
import { Button } from "@/components/button";
import { Menu, MenuGroup, MenuItem } from "@/components/menu";
import { Avatar } from "@/components/words";
import { LOCALES, useLocaleChoice } from "@/i18n/intl";

const LANGUAGES = { en: "English", ko: "한국어" };
const THEME_NAMES = { system: "themeSystem", light: "themeLight", dark: "themeDark" } as const;

interface NavigationBarProps {
  me: Me;
  onPalette: () => void;
  /** What one is told of, for those who are. */
  bell: ReactNode;
}

/** The rail at the side, on a phone at the foot. */
export function NavigationBar({ me, onPalette, bell }: NavigationBarProps) {
  const t = useTranslations("shell");
  const staff = me.role !== "requester";
  return (
    <nav className={styles["bar"]} aria-label={t("navigation")}>
      <Link to="/" className={styles["sign"]} aria-label="Chronodesk">
        <img src="/favicon.ico" alt="" width={28} height={28} />
      </Link>
      <Link
        to={staff ? "/tickets" : "/portal"}
        className={styles["link"]}
        aria-label={t("tickets")}
        title={t("tickets")}
      >
        <Inbox aria-hidden="true" size={20} />
      </Link>
      <Button look="quiet" icon={Search} aria-label={t("palette")} onClick={onPalette} />
      {bell}
      <span className={styles["space"]} />
      {staff && (
        <Link
          to="/settings"
          className={styles["link"]}
          aria-label={t("settings")}
          title={t("settings")}
        >
          <Settings aria-hidden="true" size={20} />
        </Link>
      )}
      <AccountMenu me={me} />
    </nav>
  );
}

function AccountMenu({ me }: { me: Me }) {
  const t = useTranslations();
  const chosenTheme = useTheme();
  const { locale, choose } = useLocaleChoice();
  const signOut = useSignOut();
  return (
    <Menu
      label={t("shell.account", { name: me.name })}
      button={
        <button
          type="button"
          className={styles["account"]}
          aria-label={t("shell.account", { name: me.name })}
        >
          <Avatar name={me.name} size={32} />
        </button>
      }
    >
      <MenuGroup label={`${me.name} · ${t(`role.${me.role}`)}`}>
        <MenuItem icon={<LogOut aria-hidden="true" size={16} />} onSelect={signOut}>
          {t("session.signOut")}
        </MenuItem>
      </MenuGroup>
      <MenuGroup label={t("shell.language")}>
        {LOCALES.map((one) => (
          <MenuItem key={one} checked={one === locale} onSelect={() => choose(one)}>
            <span lang={one}>{LANGUAGES[one]}</span>
          </MenuItem>
        ))}
      </MenuGroup>
      <MenuGroup label={t("shell.theme")}>
        {THEMES.map((one) => (
          <MenuItem key={one} checked={one === chosenTheme} onSelect={() => chooseTheme(one)}>
            {t(`shell.${THEME_NAMES[one]}`)}
          </MenuItem>
        ))}
      </MenuGroup>
    </Menu>
  );
}

/** End the session here, and forget what was read in it. */
export function useSignOut(): () => void {
  const queries = useQueryClient();
  const router = useRouter();
  return () => {
    void api.DELETE("/api/v1/session").finally(() => {
      session.leave();
      forgetPosition();
      queries.clear();
      void router.navigate({ to: "/sign-in" });
    });
  };
}
