/** What stands around every page: where to go, who one is, what can be done, whether one is connected. */
import { Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { ConnectionBanner } from "./connection";
import { useGeneralActions } from "./general-actions";
import { NavigationBar } from "./navigation";
import styles from "./shell.module.css";
import { useListening } from "@/api/live";
import { useMe } from "@/api/me";
import { ShortcutsOverlay } from "@/features/palette/overlay";
import { Palette } from "@/features/palette/palette";
import { SignInAgain } from "@/features/session/again";

export function Shell() {
  const t = useTranslations("common");
  const me = useMe();
  useListening();
  const [palette, setPalette] = useState(false);
  const [shortcuts, setShortcuts] = useState(false);
  useGeneralActions(
    me,
    () => setPalette(true),
    () => setShortcuts(true),
  );
  return (
    <div className={styles["shell"]}>
      <a href="#content" className={styles["skip"]}>
        {t("skip")}
      </a>
      <NavigationBar me={me} onPalette={() => setPalette(true)} />
      <ConnectionBanner />
      <main id="content" tabIndex={-1} className={styles["content"]}>
        <Outlet />
      </main>
      <Palette open={palette} onClose={() => setPalette(false)} />
      <ShortcutsOverlay open={shortcuts} onClose={() => setShortcuts(false)} />
      <SignInAgain />
    </div>
  );
}
