import { useTranslations } from "use-intl";
import { useTicket } from "../context";
import styles from "./panel.module.css";
import type { Present } from "@/api/live";
import { useNames } from "@/api/people";
import { Avatar } from "@/components/words";

/** Who hears of everything here, and who is here now. */
export function People({ others }: { others: readonly Present[] }) {
  const t = useTranslations("ticket.panel");
  const { ticket } = useTicket();
  const names = useNames();
  return (
    <>
      {ticket.followers.length === 0 && <p className={styles["none"]}>{t("noFollowers")}</p>}
      <ul className={styles["followers"]}>
        {ticket.followers.map((id) => (
          <li key={id}>
            <Avatar name={names.agent(id)} size={20} /> {names.agent(id)}
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <>
          <h3 className={styles["small"]}>{t("presence")}</h3>
          <ul className={styles["followers"]}>
            {others.map((one) => (
              <li key={one.person}>
                <Avatar name={one.name} size={20} /> {t(one.activity, { name: one.name })}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
