import { Link } from "@tanstack/react-router";
import { Plus, X } from "lucide-react";
import { useTranslations } from "use-intl";
import { useTicket } from "../context";
import styles from "./panel.module.css";
import { useTicketsNamed } from "@/api/tickets";
import { Button } from "@/components/button";
import { StatusMark } from "@/components/words";

/** Tickets this one has to do with, and those that were merged into it. */
export function Links() {
  const t = useTranslations("ticket");
  const { ticket, may, ask, open } = useTicket();
  const ids = [...ticket.links.map((link) => link.other), ...ticket.absorbed];
  const known = useTicketsNamed(ids);
  const line = (id: string) => {
    const one = known.get(id);
    return (
      <Link
        to="/tickets/$ticket"
        params={{ ticket: one ? String(one.number) : id }}
        className={styles["ticket"]}
      >
        <span className={styles["subject"]}>{one?.subject ?? id}</span>
        {one && <span className={styles["about"]}>#{one.number}</span>}
        {one && <StatusMark status={one.status} />}
      </Link>
    );
  };
  return (
    <>
      {ids.length === 0 && <p className={styles["none"]}>{t("panel.noLinks")}</p>}
      <ul className={styles["tickets"]}>
        {ticket.links.map(({ other, relation }) => (
          <li key={`${relation}/${other}`} className={styles["linked"]}>
            <small>{t(`relation.${relation}`)}</small>
            {line(other)}
            {may("unlink") && (
              <button
                type="button"
                className={styles["unlink"]}
                aria-label={`${t("do.unlink")}: ${known.get(other)?.subject ?? other}`}
                title={t("do.unlink")}
                onClick={() =>
                  void ask(
                    "unlink",
                    { other, relation },
                    {
                      what: t("do.unlink"),
                      expected: {
                        links: ticket.links.filter(
                          (one) => one.other !== other || one.relation !== relation,
                        ),
                      },
                    },
                  )
                }
              >
                <X aria-hidden="true" size={14} />
              </button>
            )}
          </li>
        ))}
        {ticket.absorbed.map((id) => (
          <li key={id} className={styles["linked"]}>
            <small>{t("panel.absorbed")}</small>
            {line(id)}
          </li>
        ))}
      </ul>
      {may("link") && (
        <Button look="quiet" icon={Plus} onClick={() => open({ what: "link" })}>
          {t("do.link")}
        </Button>
      )}
    </>
  );
}
