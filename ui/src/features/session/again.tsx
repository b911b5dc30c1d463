import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { useTranslations } from "use-intl";
import { SignInForm } from "./form";
import { session } from "@/api/session";
import { Dialog } from "@/components/dialog";
import { useOnceKeysRest } from "@/lib/keys-at-rest";

/** Asks who is at work to sign in again, over the page: nothing that was typed is lost, or typed here. */
export function SignInAgain() {
  const t = useTranslations("session");
  const queries = useQueryClient();
  const standing = useSyncExternalStore(session.subscribe, session.look);
  const asks = useOnceKeysRest(standing === "expired");
  return (
    <Dialog open={asks} onClose={() => undefined} title={t("again")} binding>
      <p>{t("againText")}</p>
      <SignInForm onDone={() => void queries.invalidateQueries()} />
    </Dialog>
  );
}
