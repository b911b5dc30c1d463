/** The button that sends, and what the ticket is from then on. */
import { ChevronDown, Send } from "lucide-react";
import { useTranslations } from "use-intl";
import styles from "./composer.module.css";
import { Keycaps } from "@/actions/keycaps";
import type { NextStatus } from "@/api/drafts";
import { Button } from "@/components/button";
import { Menu, MenuItem } from "@/components/menu";

const STATUSES: readonly NextStatus[] = ["open", "pending", "on_hold", "resolved"];

interface SendingProps {
  kind: "reply" | "note";
  next: NextStatus | null;
  onNext: (next: NextStatus | null) => void;
  onSend: () => void;
  busy: boolean;
}

export function Sending({ kind, next, onNext, onSend, busy }: SendingProps) {
  const t = useTranslations();
  const label =
    kind === "note"
      ? t("ticket.compose.sendNote")
      : next
        ? t("ticket.compose.sendAs", { status: t(`status.${next}`) })
        : t("ticket.compose.send");
  return (
    <div className={styles["sending"]}>
      <Button look="primary" icon={Send} busy={busy} onClick={onSend}>
        {label}
        <span className={styles["keys"]}>
          <Keycaps keys="Mod+Enter" />
        </span>
      </Button>
      {kind === "reply" && (
        <Menu
          label={t("ticket.compose.nextStatus")}
          button={
            <Button
              look="primary"
              icon={ChevronDown}
              aria-label={t("ticket.compose.nextStatus")}
              title={t("ticket.compose.nextStatus")}
            />
          }
        >
          <MenuItem checked={next === null} onSelect={() => onNext(null)}>
            {t("ticket.compose.keepStatus")}
          </MenuItem>
          {STATUSES.map((status) => (
            <MenuItem key={status} checked={next === status} onSelect={() => onNext(status)}>
              {t(`status.${status}`)}
            </MenuItem>
          ))}
        </Menu>
      )}
    </div>
  );
}
