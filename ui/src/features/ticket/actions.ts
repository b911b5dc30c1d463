/** Everything that can be done with the ticket on the page. */
import { useRouter } from "@tanstack/react-router";
import * as icons from "lucide-react";
import { useTranslations } from "use-intl";
import type { TicketPageContext, Asking } from "./context";
import type { Action } from "@/actions/action";
import { useActions } from "@/actions/registry";
import type { TicketCommand } from "@/api/commands";
import { useTell } from "@/components/toasts";
import { neighbour, ticketList } from "@/lib/ticket-list";

interface PageMeans {
  /** The past is shown: one can go elsewhere, and change nothing. */
  past: boolean;
  write: (kind: "reply" | "note") => void;
  rename: () => void;
  showPast: () => void;
  showDetails: () => void;
}

const IN_THE_PAST = new Set(["past", "copy", "next", "previous", "back"]);

type Offer = Omit<Action, "section" | "id"> & { id: string; needs?: TicketCommand };

/** The menu, the palette and the keys are made of these; those that are not allowed are left out. */
export function useTicketActions(
  { ticket, me, may, ask, open }: TicketPageContext,
  { past, write, rename, showPast, showDetails }: PageMeans,
): readonly Action[] {
  const t = useTranslations("ticket");
  const router = useRouter();
  const tell = useTell();
  const asks = (what: Asking) => () => open({ what });
  const go = (number: number | null) => {
    if (number !== null)
      void router.navigate({ to: "/tickets/$ticket", params: { ticket: String(number) } });
  };
  const follows = ticket.followers.includes(me.person);
  const offers: Offer[] = [
    {
      id: "reply",
      needs: "reply",
      label: t("do.reply"),
      icon: icons.Reply,
      keys: "r",
      run: () => write("reply"),
    },
    {
      id: "note",
      needs: "add_note",
      label: t("do.note"),
      icon: icons.StickyNote,
      keys: "n",
      run: () => write("note"),
    },
    {
      id: "assign",
      needs: "assign",
      label: t("do.assign"),
      icon: icons.UserRound,
      keys: "a",
      run: asks("assign"),
    },
    ...(ticket.agent === me.person
      ? []
      : [
          {
            id: "assign-me",
            needs: "assign" as const,
            label: t("do.assignMe"),
            icon: icons.UserRoundCheck,
            keys: "Shift+a",
            run: () => {
              const to = { agent: me.person, team: ticket.team };
              void ask("assign", to, { what: t("do.assignMe"), expected: to });
            },
          },
        ]),
    { id: "status", label: t("do.status"), icon: icons.CircleDot, keys: "s", run: asks("status") },
    {
      id: "resolve",
      needs: "resolve",
      label: t("do.resolve"),
      icon: icons.CircleCheck,
      keys: "e",
      run: asks("resolve"),
    },
    {
      id: "pend",
      needs: "pend",
      label: t("do.pend"),
      icon: icons.Hourglass,
      keys: "p",
      run: asks("pend"),
    },
    {
      id: "hold",
      needs: "hold",
      label: t("do.hold"),
      icon: icons.Pause,
      keys: "h",
      run: asks("hold"),
    },
    {
      id: "snooze",
      needs: "hold",
      label: t("do.snooze"),
      icon: icons.AlarmClock,
      keys: "z",
      words: "snooze later 나중",
      run: asks("snooze"),
    },
    {
      id: "resume",
      needs: "resume",
      label: t("do.resume"),
      icon: icons.Play,
      run: () => {
        const reason = t("do.resume");
        void ask("resume", { reason }, { what: reason, expected: { status: "open" } });
      },
    },
    {
      id: "reopen",
      needs: "reopen",
      label: t("do.reopen"),
      icon: icons.RotateCcw,
      keys: "o",
      run: asks("reopen"),
    },
    { id: "close", needs: "close", label: t("do.close"), icon: icons.Archive, run: asks("close") },
    {
      id: "cancel",
      needs: "cancel",
      label: t("do.cancel"),
      icon: icons.Ban,
      words: "spam delete 스팸 삭제",
      run: asks("cancel"),
    },
    {
      id: "priority",
      needs: "prioritise",
      label: t("do.priority"),
      icon: icons.Flag,
      keys: "i",
      words: "impact urgency 영향 긴급",
      run: asks("priority"),
    },
    { id: "tag", needs: "tag", label: t("do.tag"), icon: icons.Tag, keys: "t", run: asks("tag") },
    {
      id: "category",
      needs: "categorise",
      label: t("do.category"),
      icon: icons.Shapes,
      keys: "c",
      run: asks("category"),
    },
    {
      id: "queue",
      needs: "move_to_queue",
      label: t("do.queue"),
      icon: icons.Inbox,
      keys: "q",
      run: asks("queue"),
    },
    {
      id: "macro",
      needs: "apply_macro",
      label: t("do.macro"),
      icon: icons.Zap,
      keys: "m",
      run: asks("macro"),
    },
    {
      id: "merge",
      needs: "merge",
      label: t("do.merge"),
      icon: icons.GitMerge,
      keys: "Shift+m",
      run: asks("merge"),
    },
    {
      id: "unmerge",
      needs: "unmerge",
      label: t("do.unmerge"),
      icon: icons.GitBranch,
      run: () => void ask("unmerge", {}, { what: t("do.unmerge") }),
    },
    {
      id: "link",
      needs: "link",
      label: t("do.link"),
      icon: icons.Link2,
      keys: "l",
      run: asks("link"),
    },
    {
      id: "escalate",
      needs: "escalate",
      label: t("do.escalate"),
      icon: icons.TrendingUp,
      run: asks("escalate"),
    },
    ...(ticket.escalation_level > 0
      ? [
          {
            id: "deescalate",
            needs: "deescalate" as const,
            label: t("do.deescalate"),
            icon: icons.TrendingDown,
            run: asks("deescalate"),
          },
        ]
      : []),
    {
      id: "follow",
      needs: follows ? "unfollow" : "follow",
      label: t(follows ? "do.unfollow" : "do.follow"),
      icon: follows ? icons.BellOff : icons.Bell,
      keys: "f",
      run: () => {
        const name = follows ? "unfollow" : "follow";
        const others = ticket.followers.filter((one) => one !== me.person);
        void ask(
          name,
          { agent: me.person },
          {
            what: t(`do.${name}`),
            expected: { followers: follows ? others : [...others, me.person] },
          },
        );
      },
    },
    {
      id: "rename",
      needs: "rename",
      label: t("do.rename"),
      icon: icons.Pencil,
      keys: "Shift+r",
      run: rename,
    },
    {
      id: "requester",
      needs: "change_requester",
      label: t("do.requester"),
      icon: icons.UserRoundPen,
      run: asks("requester"),
    },
    {
      id: "acknowledge",
      needs: "acknowledge",
      label: t("do.acknowledge"),
      icon: icons.Eye,
      run: () => void ask("acknowledge", {}, { what: t("do.acknowledge") }),
    },
    {
      id: "ask-satisfaction",
      needs: "ask_satisfaction",
      label: t("do.askSatisfaction"),
      icon: icons.Smile,
      run: () => void ask("ask_satisfaction", {}, { what: t("do.askSatisfaction") }),
    },
    {
      id: "past",
      label: t(past ? "do.now" : "do.history"),
      icon: icons.History,
      keys: "y",
      words: "timeline history 이력",
      run: showPast,
    },
    { id: "details", label: t("do.details"), icon: icons.PanelRight, keys: "d", run: showDetails },
    {
      id: "copy",
      label: t("do.copyLink"),
      icon: icons.Copy,
      run: async () => {
        await navigator.clipboard.writeText(`${location.origin}/tickets/${ticket.number}`);
        tell({ text: t("tell.copied") });
      },
    },
    {
      id: "next",
      label: t("next"),
      icon: icons.ChevronDown,
      keys: "j",
      run: () => go(neighbour(ticket.number, 1)),
    },
    {
      id: "previous",
      label: t("previous"),
      icon: icons.ChevronUp,
      keys: "k",
      run: () => go(neighbour(ticket.number, -1)),
    },
    {
      id: "back",
      label: t("back"),
      icon: icons.ArrowLeft,
      keys: "u",
      run: () => router.history.push(ticketList()?.href ?? "/tickets"),
    },
  ];
  const offered = offers
    .filter(({ id, needs }) => (past ? IN_THE_PAST.has(id) : !needs || may(needs)))
    .map((offer): Action => ({ ...offer, id: `ticket.${offer.id}`, section: "ticket" }));
  useActions(offered);
  return offered;
}
