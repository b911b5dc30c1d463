import { useTranslations } from "use-intl";
import { useTicket, type Asking } from "../context";
import type { TicketCommand } from "@/api/commands";
import { Pick } from "@/components/pick";
import { StatusMark, type Status } from "@/components/words";

/** The command that leads to each status, and whether it asks something first. */
const WAYS: readonly { command: TicketCommand; to: Status; asks: Asking | null }[] = [
  { command: "resume", to: "open", asks: null },
  { command: "reopen", to: "open", asks: "reopen" },
  { command: "pend", to: "pending", asks: "pend" },
  { command: "hold", to: "on_hold", asks: "hold" },
  { command: "resolve", to: "resolved", asks: "resolve" },
  { command: "close", to: "closed", asks: "close" },
  { command: "cancel", to: "cancelled", asks: "cancel" },
];

/** Where the ticket can go from here: what its status allows, and nothing else. */
export function StatusDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations("ticket");
  const { ask, may, open, ticket } = useTicket();
  const options = WAYS.filter(({ command }) => may(command)).map(({ command, to }) => ({
    id: command,
    label: t(`do.${command as "resume"}`),
    mark: <StatusMark status={to} />,
  }));
  return (
    <Pick
      open
      onClose={onClose}
      title={`${t("do.status")} · #${ticket.number}`}
      options={options}
      onPick={(command) => {
        const asks = WAYS.find((way) => way.command === command)?.asks;
        if (asks) open({ what: asks });
        else {
          onClose();
          const reason = t("do.resume");
          void ask("resume", { reason }, { what: reason, expected: { status: "open" } });
        }
      }}
    />
  );
}
