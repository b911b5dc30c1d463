/** Stops a change that would overwrite what its author has not seen: what happened, and how to go on. */
import { useTranslations } from "use-intl";
import type { Collision } from "./ask";
import styles from "./collided.module.css";
import { useTicket } from "./context";
import { happeningIn, useEventText } from "./event-text";
import type { TicketEvent } from "@/api/commands";
import { useRequesterNames } from "@/api/people";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Ago } from "@/components/words";

interface CollidedProps {
  collision: Collision | null;
  /** The text that was not sent, if it was one. */
  mine?: string;
  onEdit: () => void;
}

export function Collided({ collision, mine, onEdit }: CollidedProps) {
  const t = useTranslations("ticket.collision");
  return (
    <Dialog
      open={collision !== null}
      onClose={onEdit}
      title={t("title")}
      size="medium"
      foot={
        <>
          <Button onClick={onEdit}>{t(mine === undefined ? "leave" : "edit")}</Button>
          <Button look="primary" onClick={() => collision?.goOn()}>
            {t(mine === undefined ? "goOn" : "sendAnyway")}
          </Button>
        </>
      }
    >
      {collision && (
        <>
          <p>{mine === undefined ? t("command", { what: collision.what }) : t("reply")}</p>
          <Between events={collision.events} />
          {mine !== undefined && (
            <figure className={styles["mine"]}>
              <figcaption>{t("mine")}</figcaption>
              <blockquote>{mine}</blockquote>
            </figure>
          )}
        </>
      )}
    </Dialog>
  );
}

function Between({ events }: { events: readonly TicketEvent[] }) {
  const { ticket } = useTicket();
  const names = useRequesterNames([
    ticket.requester,
    ...events.flatMap(({ by }) => (by.kind === "requester" ? [by.id] : [])),
  ]);
  const text = useEventText(names);
  return (
    <ul className={styles["between"]}>
      {events.map((event) => (
        <li key={event.id} className={styles["event"]}>
          <span className={styles["what"]}>{text(happeningIn(event))}</span>
          <Ago at={event.occurred_at} />
          {"body" in event.details && (
            <blockquote className={styles["said"]}>{event.details.body}</blockquote>
          )}
        </li>
      ))}
    </ul>
  );
}
