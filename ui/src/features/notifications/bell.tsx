import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Bell, BellOff, TriangleAlert } from "lucide-react";
import { useTranslations } from "use-intl";
import styles from "./notifications.module.css";
import { notifications, useMarkRead, type Notification } from "./own";
import { readAnew } from "@/api/anew";
import { useNews } from "@/api/live";
import { useNames } from "@/api/people";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Empty } from "@/components/empty";
import { useProblemText } from "@/components/problem-text";
import { Waiting } from "@/components/waiting";
import { Ago } from "@/components/words";
import { cx } from "@/lib/class-names";

interface NotificationsProps {
  open: boolean;
  onOpen: () => void;
  onClose: () => void;
  /** Show the ticket that one is told of. */
  onTicket: (number: number) => void;
}

/** The bell with its count, and behind it what one is told of. */
export function Notifications({ open, onOpen, onClose, onTicket }: NotificationsProps) {
  const t = useTranslations("notifications");
  const queries = useQueryClient();
  const found = useInfiniteQuery(notifications);
  const markRead = useMarkRead();
  useNews("notification", () => void readAnew(queries, { queryKey: notifications.queryKey }));
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  const unread = found.data?.pages[0]?.unread ?? 0;
  const choose = (one: Notification) => {
    if (!one.read) markRead.mutate([one.id]);
    onClose();
    onTicket(one.number);
  };
  return (
    <>
      <span className={styles["bell"]}>
        <Button look="quiet" icon={Bell} aria-label={t("bell", { unread })} onClick={onOpen} />
        {unread > 0 && (
          <span aria-hidden="true" className={styles["count"]}>
            {unread > 99 ? "99+" : unread}
          </span>
        )}
      </span>
      <span role="status" className={styles["said"]}>
        {unread > 0 ? t("unread", { unread }) : ""}
      </span>
      <Dialog
        open={open}
        onClose={onClose}
        title={t("title")}
        size="medium"
        foot={
          unread > 0 && (
            <Button busy={markRead.isPending} onClick={() => markRead.mutate("all")}>
              {t("readAll")}
            </Button>
          )
        }
      >
        <List found={found} items={items} onChoose={choose} />
        {found.hasNextPage && (
          <Button
            look="quiet"
            busy={found.isFetchingNextPage}
            onClick={() => void found.fetchNextPage()}
          >
            {t("more")}
          </Button>
        )}
      </Dialog>
    </>
  );
}

interface ListProps {
  found: { error: Error | null; isPending: boolean };
  items: readonly Notification[];
  onChoose: (one: Notification) => void;
}

function List({ found, items, onChoose }: ListProps) {
  const t = useTranslations("notifications");
  const words = useProblemText();
  const names = useNames();
  if (found.error && items.length === 0)
    return (
      <Empty icon={TriangleAlert} title={t("failed")}>
        {words(found.error)}
      </Empty>
    );
  if (found.isPending) return <Waiting lines={4} />;
  if (items.length === 0)
    return (
      <Empty icon={BellOff} title={t("empty")}>
        {t("emptyText")}
      </Empty>
    );
  return (
    <ul className={styles["list"]}>
      {items.map((one) => (
        <li key={one.id}>
          <button
            type="button"
            className={cx(styles["item"], !one.read && styles["new"])}
            onClick={() => onChoose(one)}
          >
            <span className={styles["head"]}>
              <strong>{t(`kind.${one.kind}`, { name: names.agent(one.by.id) })}</strong>
              {!one.read && <span className={styles["said"]}>{t("isNew")}</span>}
              <Ago at={one.at} />
            </span>
            <span>
              #{one.number} {one.subject}
            </span>
            {one.text && <span className={styles["text"]}>{one.text}</span>}
          </button>
        </li>
      ))}
    </ul>
  );
}
