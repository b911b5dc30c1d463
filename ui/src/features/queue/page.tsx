import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { History, Inbox, Menu as MenuIcon, Plus, RefreshCw, TriangleAlert } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { useQueueActions } from "./actions";
import { AsOf } from "./as-of";
import { BulkBar } from "./bulk-bar";
import { ColumnsMenu } from "./columns-menu";
import { FilterBar } from "./filter-bar";
import { useForesight } from "./foresight";
import { useLayout } from "./layout";
import { useTicketListing } from "./list";
import styles from "./page.module.css";
import { Sidebar } from "./sidebar";
import { TicketTable } from "./table";
import { ViewMenu } from "./view-menu";
import { keyOf, readWanted, searchOf, withoutPast, type Wanted } from "./wanted";
import { useMe } from "@/api/me";
import type { TicketRow } from "@/api/tickets";
import { savedViews } from "@/api/views";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Empty } from "@/components/empty";
import { useProblemText } from "@/components/problem-text";
import { Waiting } from "@/components/waiting";
import { later } from "@/lib/later";
import { useNarrow } from "@/lib/narrow";
import { keepTicketList } from "@/lib/ticket-list";

const NewTicket = later(async () => (await import("./new-ticket")).NewTicket);
const route = getRouteApi("/inside/tickets");
/** So long after the list is there, the code of the page that comes next is fetched; milliseconds. */
const IDLE = 700;
const NOTHING: readonly string[] = [];
const NOBODY: ReadonlySet<string> = new Set();

const pageOf = (row: TicketRow) =>
  ({ to: "/tickets/$ticket", params: { ticket: String(row.number) } }) as const;

/** What is selected, and where the keyboard is; both belong to one list. */
interface Held {
  key: string;
  selected: ReadonlySet<string>;
  active: number;
}

/** The tickets: which ones, in which order, and what can be done with several at once. */
export function QueuePage() {
  const t = useTranslations("queue");
  const format = useFormatter();
  const router = useRouter();
  const me = useMe();
  const narrow = useNarrow();
  const search = route.useSearch();
  const wanted = useMemo(() => readWanted(search), [search]);
  const saved = useQuery(savedViews).data?.find((view) => view.id === wanted.saved);
  const viewKey = wanted.saved ?? wanted.view ?? "search";
  const [layout, changeLayout] = useLayout(viewKey, saved?.columns ?? NOTHING);
  const listing = useTicketListing(wanted);
  const { rows } = listing;
  const searchRef = useRef<HTMLInputElement>(null);
  const [opening, setOpening] = useState(false);
  const [views, setViews] = useState(false);
  const key = keyOf(wanted);
  const [held, hold] = useState<Held>({ key, selected: NOBODY, active: -1 });
  const { selected, active } = held.key === key ? held : { selected: NOBODY, active: -1 };
  const select = useCallback(
    (ids: ReadonlySet<string>) => hold((before) => ({ key, selected: ids, active: before.active })),
    [key],
  );
  const activate = useCallback(
    (index: number) =>
      hold((before) => ({
        key,
        selected: before.key === key ? before.selected : NOBODY,
        active: index,
      })),
    [key],
  );
  const go = (to: Wanted) => {
    void router.navigate({ to: "/tickets", search: searchOf(to), replace: true });
  };
  const open = (row: TicketRow) => {
    keepTicketList({ numbers: rows.map((one) => one.number), href: router.state.location.href });
    void router.navigate(pageOf(row));
  };
  const { isPending } = listing;
  useEffect(() => {
    if (isPending) return;
    const idle = setTimeout(() => {
      router.loadRouteChunk(router.routesById["/inside/tickets/$ticket"])?.catch(() => undefined);
    }, IDLE);
    return () => clearTimeout(idle);
  }, [isPending, router]);
  const foresee = useForesight((row) => void router.preloadRoute(pageOf(row)));
  useQueueActions({
    rows,
    active,
    selected,
    onActive: activate,
    onSelect: select,
    onOpen: open,
    onSearch: () => searchRef.current?.focus(),
    onNew: () => setOpening(true),
    onRenew: listing.renew,
  });
  const past = wanted.as_of;
  const mayWork = me.permissions.includes("work on tickets") && !past;
  const title = saved?.name ?? (wanted.view ? t(`view.${wanted.view as "mine"}`) : t("found"));
  return (
    <div className={styles["page"]}>
      {!narrow && <Sidebar wanted={wanted} />}
      <section
        className={styles["main"]}
        aria-labelledby="list-title"
        data-past={past ? "" : undefined}
      >
        <header className={styles["head"]}>
          {narrow && (
            <Button
              look="quiet"
              icon={MenuIcon}
              aria-label={t("views")}
              onClick={() => setViews(true)}
            />
          )}
          <h1 id="list-title" className={styles["title"]}>
            {title}
          </h1>
          <ViewMenu wanted={wanted} saved={saved} layout={layout} onGo={go} />
          <span className={styles["space"]} />
          <AsOf wanted={wanted} onChange={go} />
          {!narrow && <ColumnsMenu layout={layout} onChange={changeLayout} />}
          <Button look="quiet" icon={RefreshCw} aria-label={t("renew")} onClick={listing.renew} />
          {mayWork && (
            <Button look="primary" icon={Plus} onClick={() => setOpening(true)}>
              {t("newTicket")}
            </Button>
          )}
        </header>
        <FilterBar wanted={wanted} onChange={go} searchRef={searchRef} />
        {past && (
          <p className={styles["past"]} role="status">
            <History aria-hidden="true" size={15} />
            {t("past", {
              at: format.dateTime(new Date(past), { dateStyle: "long", timeStyle: "short" }),
            })}
            <Button onClick={() => go(withoutPast(wanted))}>{t("backToNow")}</Button>
          </p>
        )}
        <div aria-live="polite">
          {listing.news > 0 && (
            <button type="button" className={styles["news"]} onClick={listing.renew}>
              {t("news", { n: listing.news })}
            </button>
          )}
        </div>
        <Content
          listing={listing}
          isFiltered={Object.keys(wanted.filters).length > 0}
          onClear={() => go({ ...wanted, filters: {} })}
        >
          <TicketTable
            key={viewKey}
            listing={listing}
            wanted={wanted}
            layout={layout}
            narrow={narrow}
            selected={selected}
            active={active}
            onLayout={changeLayout}
            onSort={(sort, direction) => go({ ...wanted, sort, direction })}
            onSelect={select}
            onActive={activate}
            onOpen={open}
            onForesee={foresee}
          />
        </Content>
        {mayWork && selected.size > 0 && (
          <BulkBar rows={rows} selected={selected} onDone={() => select(new Set())} />
        )}
      </section>
      <Dialog open={views} onClose={() => setViews(false)} title={t("views")}>
        <Sidebar wanted={wanted} onChosen={() => setViews(false)} />
      </Dialog>
      <NewTicket open={opening} onClose={() => setOpening(false)} />
    </div>
  );
}

interface ContentProps {
  listing: ReturnType<typeof useTicketListing>;
  isFiltered: boolean;
  onClear: () => void;
  children: React.ReactNode;
}

function Content({ listing, isFiltered, onClear, children }: ContentProps) {
  const t = useTranslations();
  const words = useProblemText();
  if (listing.isPending) return <Waiting lines={14} />;
  if (listing.error && listing.rows.length === 0)
    return (
      <Empty
        icon={TriangleAlert}
        title={t("queue.failed")}
        action={<Button onClick={listing.renew}>{t("common.retry")}</Button>}
      >
        {words(listing.error)}
      </Empty>
    );
  if (listing.rows.length > 0) return children;
  return isFiltered ? (
    <Empty
      icon={Inbox}
      title={t("queue.noMatch")}
      action={<Button onClick={onClear}>{t("queue.clearFilters")}</Button>}
    >
      {t("queue.noMatchText")}
    </Empty>
  ) : (
    <Empty icon={Inbox} title={t("queue.empty")}>
      {t("queue.emptyText")}
    </Empty>
  );
}
