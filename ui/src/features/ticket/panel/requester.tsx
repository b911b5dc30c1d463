/** Who asks: how to reach them, and everything they ever asked, over all channels. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Mail, Phone } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useTicket } from "../context";
import { ticketsOf } from "../reading";
import styles from "./panel.module.css";
import { useNews } from "@/api/live";
import { requester, useOrganisationNames } from "@/api/people";
import { Button } from "@/components/button";
import { Ago, Avatar, StatusMark } from "@/components/words";

/** Tickets that are shown before one asks for all. */
const FEW = 5;

export function RequesterCard() {
  const t = useTranslations("ticket");
  const { ticket, may, open } = useTicket();
  const person = useQuery(requester(ticket.requester)).data;
  const tickets = useQuery(ticketsOf(ticket.requester));
  const [all, setAll] = useState(false);
  useNews("ticket", (news) => {
    if (news.row?.requester === ticket.requester) void tickets.refetch();
  });
  const others = tickets.data?.filter((one) => one.id !== ticket.id) ?? [];
  const shown = all ? others : others.slice(0, FEW);
  const name = person?.name ?? ticket.requester;
  const organisation = person?.organisation ?? null;
  const organisationName = useOrganisationNames([organisation]);
  return (
    <>
      <div className={styles["requester"]}>
        <Avatar name={name} size={36} />
        <div>
          <strong>{name}</strong>
          {organisation && <small>{organisationName(organisation)}</small>}
        </div>
        {may("change_requester") && (
          <Button look="quiet" onClick={() => open({ what: "requester" })}>
            {t("edit")}
          </Button>
        )}
      </div>
      {person && (
        <ul className={styles["contact"]} aria-label={t("panel.contact")}>
          {person.emails.map((address) => (
            <li key={address}>
              <Mail aria-hidden="true" size={14} /> <a href={`mailto:${address}`}>{address}</a>
            </li>
          ))}
          {person.phones.map((number) => (
            <li key={number}>
              <Phone aria-hidden="true" size={14} /> <a href={`tel:${number}`}>{number}</a>
            </li>
          ))}
        </ul>
      )}
      <h3 className={styles["small"]}>{t("panel.allTickets")}</h3>
      {tickets.data && others.length === 0 && (
        <p className={styles["none"]}>{t("panel.noTickets")}</p>
      )}
      <ul className={styles["tickets"]}>
        {shown.map((one) => (
          <li key={one.id}>
            <Link
              to="/tickets/$ticket"
              params={{ ticket: String(one.number) }}
              className={styles["ticket"]}
            >
              <span className={styles["subject"]}>{one.subject}</span>
              <span className={styles["about"]}>
                #{one.number} · {t(`channelName.${one.channel}`)} · <Ago at={one.updated_at} />
              </span>
              <StatusMark status={one.status} />
            </Link>
          </li>
        ))}
      </ul>
      {others.length > shown.length && (
        <Button look="quiet" onClick={() => setAll(true)}>
          {t("panel.showAll")} ({others.length})
        </Button>
      )}
    </>
  );
}
