/** The dialog that is open on the page: one for each thing that has to be asked first. */
import { useTranslations } from "use-intl";
import { useTicket, type Doing } from "../context";
import { AssignDialog } from "./assign";
import { FieldDialog } from "./field";
import { LinkDialog } from "./link";
import { MacroDialog } from "./macro";
import { MergeDialog } from "./merge";
import { CategoryDialog, QueueDialog, RequesterDialog, TagDialog } from "./pickers";
import { PriorityDialog } from "./priority";
import { ReasonDialog } from "./reason";
import { ResolveDialog } from "./resolve";
import { SplitDialog } from "./split";
import { StatusDialog } from "./status";
import { WaitDialog } from "./wait";

interface DialogsProps {
  doing: Doing | null;
  /** This one is done with. Another may be open by now, as an answer can come late. */
  onClose: (doing: Doing) => void;
}

export function Dialogs({ doing, onClose }: DialogsProps) {
  const t = useTranslations("ticket");
  const { ask, ticket } = useTicket();
  if (doing === null) return null;
  const close = () => onClose(doing);
  switch (doing.what) {
    case "assign":
      return <AssignDialog onClose={close} />;
    case "status":
      return <StatusDialog onClose={close} />;
    case "pend":
    case "hold":
    case "snooze":
      return <WaitDialog what={doing.what} onClose={close} />;
    case "resolve":
      return <ResolveDialog onClose={close} />;
    case "reopen":
      return (
        <ReasonDialog
          title={t("do.reopen")}
          label={t("dialog.reopenReason")}
          onClose={close}
          onDone={(reason) => ask("reopen", { reason }, { what: t("do.reopen") })}
        />
      );
    case "cancel":
      return (
        <ReasonDialog
          title={t("do.cancel")}
          label={t("dialog.cancelReason")}
          onClose={close}
          onDone={(reason) => ask("cancel", { reason }, { what: t("do.cancel") })}
        />
      );
    case "close":
      return (
        <ReasonDialog
          title={t("do.close")}
          about={t("dialog.closeSure")}
          onClose={close}
          onDone={() => ask("close", {}, { what: t("do.close") })}
        />
      );
    case "escalate":
    case "deescalate": {
      const { what } = doing;
      const step = what === "escalate" ? 1 : -1;
      const level = Math.min(9, Math.max(0, ticket.escalation_level + step));
      return (
        <ReasonDialog
          title={`${t(`do.${what}`)} → ${level}`}
          label={t("dialog.reason")}
          onClose={close}
          onDone={(reason) => ask(what, { level, reason }, { what: t(`do.${what}`) })}
        />
      );
    }
    case "priority":
      return <PriorityDialog onClose={close} />;
    case "queue":
      return <QueueDialog onClose={close} />;
    case "category":
      return <CategoryDialog onClose={close} />;
    case "tag":
      return <TagDialog onClose={close} />;
    case "requester":
      return <RequesterDialog onClose={close} />;
    case "macro":
      return <MacroDialog onClose={close} />;
    case "merge":
      return <MergeDialog onClose={close} />;
    case "link":
      return <LinkDialog onClose={close} />;
    case "field":
      return <FieldDialog name={doing.name} onClose={close} />;
    case "split":
      return <SplitDialog messages={doing.messages} onClose={close} />;
  }
}
