/** The views: the desk's own, saved ones in their folders, queues - each with its number of tickets. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import styles from "./sidebar.module.css";
import type { Wanted, WantedSearch } from "./wanted";
import { readAnew } from "@/api/anew";
import { useNews } from "@/api/live";
import { useNames } from "@/api/people";
import { counters, savedViews, type SavedView } from "@/api/views";
import { cx } from "@/lib/class-names";

/** Milliseconds in which changes gather before the counters are read anew. */
const GATHER = 700;

export function Sidebar({ wanted, onChosen }: { wanted: Wanted; onChosen?: () => void }) {
  const t = useTranslations("queue");
  const names = useNames();
  const desk = useQuery(counters).data;
  const saved = useQuery(savedViews).data ?? [];
  useFreshCounters();
  const folders = [...new Set(saved.map((view) => view.folder ?? ""))];
  const queue = wanted.filters.queue?.length === 1 ? wanted.filters.queue[0] : undefined;
  return (
    <nav className={styles["sidebar"]} aria-label={t("views")}>
      <Group title={t("deskViews")}>
        {desk?.views.map(({ view, tickets }) => (
          <ViewLink
            key={view}
            search={{ view }}
            current={wanted.view === view && !wanted.saved}
            tickets={tickets}
            onChosen={onChosen}
          >
            {t(`view.${view}`)}
          </ViewLink>
        ))}
      </Group>
      {folders.map((folder) => (
        <Group key={folder} title={folder || t("savedViews")}>
          {saved
            .filter((view) => (view.folder ?? "") === folder)
            .map((view) => (
              <SavedLink key={view.id} view={view} wanted={wanted} onChosen={onChosen} />
            ))}
        </Group>
      ))}
      <Group title={t("queues")}>
        {desk?.queues.map(({ queue: id, tickets }) => (
          <ViewLink
            key={id ?? "none"}
            search={{ view: "unresolved", queue: id ?? "none" }}
            current={!wanted.saved && queue === (id ?? "none")}
            tickets={tickets}
            onChosen={onChosen}
          >
            {id ? names.queue(id) : t("withoutQueue")}
          </ViewLink>
        ))}
      </Group>
    </nav>
  );
}

function SavedLink({
  view,
  wanted,
  onChosen,
}: {
  view: SavedView;
  wanted: Wanted;
  onChosen: (() => void) | undefined;
}) {
  const t = useTranslations("queue");
  return (
    <ViewLink
      search={{ saved: view.id }}
      current={wanted.saved === view.id}
      tickets={view.tickets ?? null}
      capped={view.capped ?? false}
      onChosen={onChosen}
    >
      {view.name}
      {view.shared && <span className={styles["shared"]}>{t("shared")}</span>}
    </ViewLink>
  );
}

interface ViewLinkProps {
  search: WantedSearch;
  current: boolean;
  tickets: number | null;
  capped?: boolean;
  onChosen: (() => void) | undefined;
  children: ReactNode;
}

function ViewLink({ search, current, tickets, capped, onChosen, children }: ViewLinkProps) {
  const format = useFormatter();
  return (
    <li>
      <Link
        to="/tickets"
        search={search}
        className={cx(styles["view"], current && styles["current"])}
        aria-current={current ? "page" : undefined}
        onClick={onChosen}
      >
        <span className={styles["name"]}>{children}</span>
        {tickets !== null && (
          <span className={styles["count"]}>
            {format.number(tickets)}
            {capped && "+"}
          </span>
        )}
      </Link>
    </li>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  const key = `chronodesk.folded.${title}`;
  const [folded, fold] = useState(() => localStorage.getItem(key) === "1");
  return (
    <section className={styles["group"]}>
      <h2>
        <button
          type="button"
          className={styles["fold"]}
          aria-expanded={!folded}
          onClick={() => {
            localStorage.setItem(key, folded ? "0" : "1");
            fold(!folded);
          }}
        >
          <ChevronRight
            aria-hidden="true"
            size={14}
            className={cx(!folded && styles["unfolded"])}
          />
          {title}
        </button>
      </h2>
      {!folded && <ul>{children}</ul>}
    </section>
  );
}

/** Counters follow the news, a moment later: a hundred changes are one look. */
function useFreshCounters(): void {
  const queries = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useNews("ticket", () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      void readAnew(queries, { queryKey: counters.queryKey });
      void readAnew(queries, { queryKey: savedViews.queryKey });
    }, GATHER);
  });
}
