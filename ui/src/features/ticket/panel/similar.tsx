import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { useTicket } from "../context";
import { similarTickets } from "../reading";
import styles from "./panel.module.css";
import { StatusMark } from "@/components/words";

/** Tickets that are about the same: their solutions may be the one that is wanted here. */
export function Similar() {
  const t = useTranslations("ticket.panel");
  const { ref, ticket } = useTicket();
  const { data: found = [], isPending } = useQuery(similarTickets(ref));
  const others = found.filter((one) => one.id !== ticket.id);
  if (!isPending && others.length === 0) return <p className={styles["none"]}>{t("noSimilar")}</p>;
  return (
    <ul className={styles["tickets"]}>
      {others.map((one) => (
        <li key={one.id}>
          <Link
            to="/tickets/$ticket"
            params={{ ticket: String(one.number) }}
            className={styles["ticket"]}
          >
            <span className={styles["subject"]}>{one.subject}</span>
            <span className={styles["about"]}>#{one.number}</span>
            <StatusMark status={one.status} />
          </Link>
        </li>
      ))}
    </ul>
  );
}
