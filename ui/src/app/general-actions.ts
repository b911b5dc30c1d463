/** What can be done on every page. */
import { useRouter } from "@tanstack/react-router";
import { Bell, Inbox, Keyboard, Languages, LogOut, Search, Settings, SunMoon } from "lucide-react";
import { useTranslations } from "use-intl";
import { useSignOut } from "./navigation";
import { chooseTheme, THEMES, useTheme } from "./theme";
import { useActions } from "@/actions/registry";
import type { Me } from "@/api/me";
import { useLocaleChoice } from "@/i18n/intl";

/** What opens over any page; who is told of nothing has no notifications. */
interface Opens {
  palette: () => void;
  shortcuts: () => void;
  notifications?: () => void;
}

export function useGeneralActions(me: Me, opens: Opens): void {
  const t = useTranslations();
  const router = useRouter();
  const { locale, choose } = useLocaleChoice();
  const chosenTheme = useTheme();
  const signOut = useSignOut();
  const staff = me.role !== "requester";
  const nextTheme = THEMES[(THEMES.indexOf(chosenTheme) + 1) % THEMES.length] ?? "system";
  useActions([
    {
      id: "palette",
      label: t("shell.palette"),
      section: "general",
      icon: Search,
      keys: "Mod+k",
      run: opens.palette,
    },
    {
      id: "shortcuts",
      label: t("actions.shortcuts"),
      section: "general",
      icon: Keyboard,
      keys: "?",
      run: opens.shortcuts,
    },
    {
      id: "go.tickets",
      label: t("actions.goTickets"),
      section: "go",
      icon: Inbox,
      keys: "g t",
      run: () => router.navigate({ to: staff ? "/tickets" : "/portal" }),
    },
    ...(opens.notifications
      ? [
          {
            id: "go.notifications",
            label: t("actions.goNotifications"),
            section: "go" as const,
            icon: Bell,
            keys: "g b",
            run: opens.notifications,
          },
        ]
      : []),
    ...(staff
      ? [
          {
            id: "go.settings",
            label: t("actions.goSettings"),
            section: "go" as const,
            icon: Settings,
            keys: "g s",
            run: () => router.navigate({ to: "/settings" }),
          },
        ]
      : []),
    {
      id: "language",
      label: locale === "en" ? "한국어로 보기" : "Show in English",
      section: "general",
      icon: Languages,
      words: "language 언어 korean english 한국어 영어",
      run: () => choose(locale === "en" ? "ko" : "en"),
    },
    {
      id: "theme",
      label: `${t("shell.theme")}: ${t(`shell.${THEME_NAMES[nextTheme]}`)}`,
      section: "general",
      icon: SunMoon,
      words: "dark light 어둡게 밝게",
      run: () => chooseTheme(nextTheme),
    },
    {
      id: "sign-out",
      label: t("session.signOut"),
      section: "general",
      icon: LogOut,
      run: signOut,
    },
  ]);
}

const THEME_NAMES = { system: "themeSystem", light: "themeLight", dark: "themeDark" } as const;
