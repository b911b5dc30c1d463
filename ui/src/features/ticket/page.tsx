/** A ticket: everything that was said and done, and everything that can be done. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { useTicketActions } from "./actions";
import { useAsk } from "./ask";
import { Collided } from "./collided";
import { Composer, type ComposerHandle } from "./composer/composer";
import { TicketContext, useTicket, type Doing, type TicketPageContext } from "./context";
import { Conversation } from "./conversation";
import { Dialogs } from "./dialogs/dialogs";
import { Head } from "./head/head";
import styles from "./page.module.css";
import { Panel } from "./panel/panel";
import { Past } from "./past/past";
import { usePresence } from "./presence";
import { useConversation, type Conversing } from "@/api/conversation";
import { useMe, type Me } from "@/api/me";
import { requester } from "@/api/people";
import { ProblemError } from "@/api/problems";
import { ticket as ticketQuery, type Ticket } from "@/api/tickets";
import { Dialog } from "@/components/dialog";
import { Empty } from "@/components/empty";
import { Waiting } from "@/components/waiting";
import { useAfterPaint } from "@/lib/after-paint";

const route = getRouteApi("/inside/tickets/$ticket");

export function TicketPage() {
  const { ticket: ref } = route.useParams();
  const t = useTranslations("ticket");
  const me = useMe();
  const found = useQuery(ticketQuery(ref));
  const conversing = useConversation(ref);
  useTitle(found.data);
  if (found.error instanceof ProblemError && found.error.status === 404)
    return (
      <Empty icon={SearchX} title={t("notFound")} action={<Link to="/tickets">{t("back")}</Link>}>
        #{ref}
      </Empty>
    );
  if (found.error && !found.data) throw found.error;
  if (conversing.error && !conversing.said) throw conversing.error;
  if (!found.data || !conversing.said) return <Waiting lines={10} />;
  return (
    <Work key={found.data.id} refOf={ref} ticket={found.data} conversing={conversing} me={me} />
  );
}

interface WorkProps {
  refOf: string;
  ticket: Ticket;
  conversing: Conversing;
  me: Me;
}

function Work({ refOf, ticket: known, conversing, me }: WorkProps) {
  const t = useTranslations("ticket");
  const { version } = route.useSearch();
  const navigate = route.useNavigate();
  const [doing, setDoing] = useState<Doing | null>(null);
  const [renaming, setRenaming] = useState(false);
  const [sheet, setSheet] = useState(false);
  const composer = useRef<ComposerHandle>(null);
  const works = me.role === "agent" || me.role === "lead" || me.role === "admin";
  const { shown: ticket, ask, taken, collision, leave } = useAsk(known);
  const beside = useAfterPaint();
  const { others, typing } = usePresence(ticket.id, me.person, works);
  const name = useQuery(requester(ticket.requester)).data?.name ?? ticket.requester;
  const context = useMemo<TicketPageContext>(
    () => ({
      ref: refOf,
      ticket,
      me,
      may: (command) => works && ticket.allowed_commands.includes(command),
      ask,
      taken,
      open: setDoing,
    }),
    [refOf, ticket, me, works, ask, taken],
  );
  const showPast = useCallback(
    (at: number | undefined, from?: number) =>
      void navigate({
        search: { ...(at && { version: at }), ...(from && { from }) },
        replace: true,
      }),
    [navigate],
  );
  const actions = useTicketActions(context, {
    past: version !== undefined,
    write: (kind) => composer.current?.write(kind),
    rename: () => setRenaming(true),
    showPast: () => showPast(version === undefined ? ticket.version : undefined),
    showDetails: () => setSheet(!sheet),
  });
  const shut = useCallback((done: Doing) => setDoing((open) => (open === done ? null : open)), []);
  const split = useCallback(
    (messages: readonly string[]) => setDoing({ what: "split", messages }),
    [],
  );
  return (
    <TicketContext value={context}>
      <div className={styles["page"]}>
        {version === undefined ? (
          <>
            <div className={styles["work"]}>
              <Head
                actions={actions}
                others={others}
                renaming={renaming}
                onRenaming={setRenaming}
              />
              <Standing />
              <Conversation
                ticket={ticket.id}
                requester={ticket.requester}
                conversing={conversing}
                onSplit={context.may("split") ? split : undefined}
              />
              <Composer
                ref={composer}
                requesterName={name}
                entries={conversing.entries}
                onTyping={typing}
              />
            </div>
            <aside className={styles["side"]} aria-label={t("details")}>
              {beside && <Panel others={others} />}
            </aside>
          </>
        ) : (
          <Past version={version} onShow={showPast} />
        )}
      </div>
      <Dialogs doing={doing} onClose={shut} />
      <Dialog open={sheet} onClose={() => setSheet(false)} title={t("details")} size="small">
        <Panel others={others} />
      </Dialog>
      <Collided collision={collision} onEdit={leave} />
    </TicketContext>
  );
}

/** What one has to know first of a ticket that has ended. */
function Standing() {
  const t = useTranslations("ticket");
  const { ticket } = useTicket();
  const target = useQuery({
    ...ticketQuery(ticket.merged_into ?? ""),
    enabled: ticket.merged_into !== null,
  }).data;
  if (ticket.merged_into !== null) {
    const to = target ? `#${target.number} ${target.subject}` : ticket.merged_into;
    return (
      <p className={styles["standing"]}>
        {t.rich("merged", {
          target: () => (
            <Link to="/tickets/$ticket" params={{ ticket: ticket.merged_into ?? "" }}>
              {to}
            </Link>
          ),
        })}
      </p>
    );
  }
  if (ticket.status === "closed") return <p className={styles["standing"]}>{t("closedBanner")}</p>;
  if (ticket.status === "cancelled")
    return <p className={styles["standing"]}>{t("cancelledBanner")}</p>;
  return null;
}

function useTitle(ticket: Ticket | undefined): void {
  useEffect(() => {
    if (!ticket) return;
    const before = document.title;
    document.title = `#${ticket.number} ${ticket.subject}`;
    return () => {
      document.title = before;
    };
  }, [ticket]);
}
