/** What stands around every page: where to go, who one is, what can be done, whether one is connected. */
import { Outlet, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { ConnectionBanner } from "./connection";
import { useGeneralActions } from "./general-actions";
import { NavigationBar } from "./navigation";
import styles from "./shell.module.css";
import { useListening } from "@/api/live";
import { useMe, type Me } from "@/api/me";
import { Notifications } from "@/features/notifications/bell";
import { SignInAgain } from "@/features/session/again";
import { later } from "@/lib/later";

const Palette = later(async () => (await import("@/features/palette/palette")).Palette);
const ShortcutsOverlay = later(
  async () => (await import("@/features/palette/overlay")).ShortcutsOverlay,
);

export function Shell() {
  const t = useTranslations("common");
  const me = useMe();
  useListening();
  const opens = useOpeners(me);
  const [palette, setPalette] = useState(false);
  const [shortcuts, setShortcuts] = useState(false);
  const [told, setTold] = useState(false);
  const isTold = opens !== undefined && me.permissions.includes("work on tickets");
  useGeneralActions(me, {
    palette: () => setPalette(true),
    shortcuts: () => setShortcuts(true),
    ...(isTold ? { notifications: () => setTold(true) } : {}),
  });
  return (
    <div className={styles["shell"]}>
      <a href="#content" className={styles["skip"]}>
        {t("skip")}
      </a>
      <NavigationBar
        me={me}
        onPalette={() => setPalette(true)}
        bell={
          isTold && (
            <Notifications
              open={told}
              onOpen={() => setTold(true)}
              onClose={() => setTold(false)}
              onTicket={opens.ticket}
            />
          )
        }
      />
      <ConnectionBanner />
      <main id="content" tabIndex={-1} className={styles["content"]}>
        <Outlet />
      </main>
      <Palette open={palette} onClose={() => setPalette(false)} opens={opens} />
      <ShortcutsOverlay open={shortcuts} onClose={() => setShortcuts(false)} />
      <SignInAgain />
    </div>
  );
}

/** Where a ticket or a requester that was found is shown, to those who may see tickets. */
function useOpeners(me: Me) {
  const router = useRouter();
  if (!me.permissions.includes("see tickets")) return undefined;
  return {
    ticket: (number: number) =>
      void (me.role === "requester"
        ? router.navigate({ to: "/portal/$number", params: { number: String(number) } })
        : router.navigate({ to: "/tickets/$ticket", params: { ticket: String(number) } })),
    requester: (requester: string) =>
      void router.navigate({ to: "/tickets", search: { requester } }),
  };
}
