/** The ticket's attributes; each is changed where it stands. */
import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { useTicket, type Doing } from "../context";
import styles from "./panel.module.css";
import type { TicketCommand } from "@/api/commands";
import { everyField } from "@/api/configuration";
import { useNames } from "@/api/people";
import { useFieldWords } from "@/components/field-words";
import { At } from "@/components/words";

export function Facts() {
  const t = useTranslations();
  const { ticket, may, ask } = useTicket();
  const names = useNames();
  const level = (value: "high" | "medium" | "low" | null) =>
    value ? t(`level.${value}`) : t("ticket.none");
  return (
    <dl className={styles["facts"]}>
      <Fact label={t("ticket.queue")} needs="move_to_queue" doing={{ what: "queue" }}>
        {ticket.queue ? names.queue(ticket.queue) : t("ticket.none")}
      </Fact>
      {ticket.team && (
        <Fact label={t("ticket.team")} needs="assign" doing={{ what: "assign" }}>
          {names.team(ticket.team)}
        </Fact>
      )}
      <Fact label={t("ticket.impact")} needs="prioritise" doing={{ what: "priority" }}>
        {level(ticket.impact)}
      </Fact>
      <Fact label={t("ticket.urgency")} needs="prioritise" doing={{ what: "priority" }}>
        {level(ticket.urgency)}
      </Fact>
      <Fact label={t("ticket.category")} needs="categorise" doing={{ what: "category" }}>
        {ticket.category ?? t("ticket.none")}
      </Fact>
      <dt>{t("ticket.tags")}</dt>
      <dd className={styles["tags"]}>
        {ticket.tags.map((tag) => (
          <span key={tag} className={styles["tag"]}>
            {tag}
            {may("untag") && (
              <button
                type="button"
                aria-label={t("ticket.remove", { name: tag })}
                onClick={() =>
                  void ask(
                    "untag",
                    { tag },
                    {
                      what: t("ticket.do.untag"),
                      expected: { tags: ticket.tags.filter((one) => one !== tag) },
                    },
                  )
                }
              >
                <X aria-hidden="true" size={12} />
              </button>
            )}
          </span>
        ))}
        {may("tag") && <AddTag />}
      </dd>
      <CustomFields />
      {ticket.waiting_for && <Fact label={t("ticket.waitingFor")}>{ticket.waiting_for}</Fact>}
      {ticket.wake_at && (
        <Fact label={t("ticket.wakesAt")}>
          <At at={ticket.wake_at} />
        </Fact>
      )}
      {ticket.resolution_code && (
        <Fact label={t("ticket.resolution")}>
          {ticket.resolution_code}
          {ticket.resolution_note && <small>{ticket.resolution_note}</small>}
        </Fact>
      )}
      {ticket.satisfaction !== null && (
        <Fact label={t("ticket.satisfaction")}>
          {ticket.satisfaction} / 5<small>{ticket.satisfaction_comment}</small>
        </Fact>
      )}
      {ticket.escalation_level > 0 && (
        <Fact label={t("ticket.level")} needs="deescalate" doing={{ what: "deescalate" }}>
          {ticket.escalation_level}
        </Fact>
      )}
      <Fact label={t("ticket.channel")}>{t(`ticket.channelName.${ticket.channel}`)}</Fact>
      {ticket.opened_at && (
        <Fact label={t("ticket.opened")}>
          <At at={ticket.opened_at} />
        </Fact>
      )}
    </dl>
  );
}

interface FactProps {
  label: string;
  needs?: TicketCommand;
  doing?: Doing;
  children: ReactNode;
}

function Fact({ label, needs, doing, children }: FactProps) {
  const { may, open } = useTicket();
  const changes = doing && needs && may(needs);
  return (
    <>
      <dt>{label}</dt>
      <dd>
        {changes ? (
          <button type="button" className={styles["change"]} onClick={() => open(doing)}>
            {children}
          </button>
        ) : (
          <span className={styles["fixed"]}>{children}</span>
        )}
      </dd>
    </>
  );
}

function AddTag() {
  const t = useTranslations("ticket.do");
  const { open } = useTicket();
  return (
    <button
      type="button"
      className={styles["add"]}
      aria-label={t("tag")}
      title={t("tag")}
      onClick={() => open({ what: "tag" })}
    >
      <Plus aria-hidden="true" size={14} />
    </button>
  );
}

/** Those that are defined, and those that the ticket has although nobody defined them. */
function CustomFields() {
  const t = useTranslations("ticket");
  const { ticket } = useTicket();
  const words = useFieldWords();
  const defined = useQuery(everyField).data ?? [];
  const known = new Set(defined.map((field) => field.id));
  const others = Object.keys(ticket.fields).filter((name) => !known.has(name));
  const shown = (id: string) => words.value(id, ticket.fields[id]) || t("none");
  return (
    <>
      {defined.map(({ id }) => (
        <Fact
          key={id}
          label={words.label(id)}
          needs="set_field"
          doing={{ what: "field", name: id }}
        >
          {shown(id)}
        </Fact>
      ))}
      {others.map((id) => (
        <Fact key={id} label={words.label(id)}>
          {shown(id)}
        </Fact>
      ))}
    </>
  );
}
