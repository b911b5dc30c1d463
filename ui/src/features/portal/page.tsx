import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleHelp, Plus, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { ownTickets, type Kind, type OwnRow } from "./own";
import { OwnStatus } from "./own-status";
import styles from "./portal.module.css";
import { readAnew } from "@/api/anew";
import { useNews } from "@/api/live";
import { Button } from "@/components/button";
import { Empty } from "@/components/empty";
import { useProblemText } from "@/components/problem-text";
import { Waiting } from "@/components/waiting";
import { Ago } from "@/components/words";

/** The requester's own tickets: what is going on, and what was done. */
export function PortalPage() {
  const t = useTranslations("portal");
  const [kind, setKind] = useState<Kind>("open");
  const queries = useQueryClient();
  useNews("ticket", () => void readAnew(queries, { queryKey: ["tickets", "own"] }));
  return (
    <div className={styles["page"]}>
      <div className={styles["column"]}>
        <header className={styles["head"]}>
          <h1 className={styles["title"]}>{t("title")}</h1>
          <Link to="/portal/new" className={styles["primary"]}>
            <Plus aria-hidden="true" size={16} />
            {t("new")}
          </Link>
        </header>
        <div className={styles["tabs"]} role="group" aria-label={t("show")}>
          {(["open", "done"] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={kind === one}
              className={styles["tab"]}
              onClick={() => setKind(one)}
            >
              {t(`kind.${one}`)}
            </button>
          ))}
        </div>
        <List key={kind} kind={kind} />
      </div>
    </div>
  );
}

function List({ kind }: { kind: Kind }) {
  const t = useTranslations();
  const words = useProblemText();
  const found = useInfiniteQuery(ownTickets(kind));
  if (found.isPending) return <Waiting lines={5} />;
  if (found.error)
    return (
      <Empty
        icon={TriangleAlert}
        title={t("portal.failed")}
        action={<Button onClick={() => void found.refetch()}>{t("common.retry")}</Button>}
      >
        {words(found.error)}
      </Empty>
    );
  const rows = found.data.pages.flatMap((page) => page.items);
  if (rows.length === 0)
    return (
      <Empty icon={CircleHelp} title={t(`portal.none.${kind}`)}>
        {t(`portal.noneText.${kind}`)}
      </Empty>
    );
  return (
    <>
      <ul className={styles["list"]}>
        {rows.map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </ul>
      {found.hasNextPage && (
        <Button busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
    </>
  );
}

function Row({ row }: { row: OwnRow }) {
  const t = useTranslations("portal");
  return (
    <li>
      <Link to="/portal/$number" params={{ number: String(row.number) }} className={styles["row"]}>
        <span className={styles["subject"]}>{row.subject}</span>
        <span className={styles["facts"]}>
          <OwnStatus status={row.status} />
          <span>#{row.number}</span>
          <span>{t("messages", { n: row.messages })}</span>
          <Ago at={row.updated_at} />
        </span>
      </Link>
    </li>
  );
}
