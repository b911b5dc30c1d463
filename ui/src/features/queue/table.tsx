/** The list itself: as many rows as fit on the screen, however many there are. */
import { useTable, type RowSelectionState } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  memo,
  useEffect,
  useMemo,
  useRef,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
} from "react";
import { useTranslations } from "use-intl";
import { CELLS, COLUMNS, makeColumns, type ColumnName, type Naming } from "./columns";
import { Countdown } from "./countdown";
import { features } from "./features";
import { Heading } from "./heading";
import type { Layout } from "./layout";
import type { TicketListing } from "./list";
import { useRequesters } from "./requesters";
import styles from "./table.module.css";
import type { Wanted } from "./wanted";
import { useNames, useOrganisationNames } from "@/api/people";
import type { TicketRow } from "@/api/tickets";
import { PriorityMark, StatusMark } from "@/components/words";
import { cx } from "@/lib/class-names";
import { isFocusFree } from "@/lib/focus";

const ROW = 40;
const CARD = 92;
/** So many rows before the end the next page is asked for. */
const AHEAD = 60;

interface TableProps {
  listing: TicketListing;
  wanted: Wanted;
  layout: Layout;
  narrow: boolean;
  selected: ReadonlySet<string>;
  active: number;
  onLayout: (layout: Partial<Layout>) => void;
  onSort: (sort: string, direction: "asc" | "desc") => void;
  onSelect: (ids: ReadonlySet<string>) => void;
  onActive: (index: number) => void;
  onOpen: (row: TicketRow) => void;
  onForesee: (row: TicketRow | null, now?: boolean) => void;
}

export function TicketTable(props: TableProps) {
  const { listing, layout, narrow, selected, active, onActive, onOpen, onForesee } = props;
  const { rows } = listing;
  const t = useTranslations("queue");
  const scroller = useRef<HTMLDivElement>(null);
  const height = narrow ? CARD : ROW;
  // eslint-disable-next-line react-hooks/incompatible-library -- it is not passed on, only read here
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
  });
  useEffect(() => {
    virtual.measure();
  }, [virtual, height]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { hasMore, fetchMore } = listing;
  useEffect(() => {
    if (hasMore && last >= rows.length - AHEAD) fetchMore();
  }, [hasMore, fetchMore, last, rows.length]);
  const shown = useMemo(
    () => items.map((item) => rows[item.index]?.requester ?? ""),
    [items, rows],
  );
  const requester = useRequesters(shown);
  const names = useNames();
  const organisations = layout.columns.includes("organisation")
    ? rows.map((row) => row.organisation)
    : [];
  const organisation = useOrganisationNames(organisations);
  const naming: Naming = { ...names, requester, organisation };
  const columns = useMemo(() => makeColumns((name) => t(`column.${name}`)), [t]);
  const selection: RowSelectionState = Object.fromEntries([...selected].map((id) => [id, true]));
  const visibility: Record<string, boolean> = {};
  for (const name of COLUMNS) visibility[name] = layout.columns.includes(name);
  const table = useTable({
    features,
    columns,
    data: rows,
    getRowId: (row) => row.id,
    columnResizeMode: "onChange",
    state: {
      columnOrder: [...layout.columns],
      columnVisibility: visibility,
      columnSizing: layout.widths,
      rowSelection: selection,
    },
    onColumnSizingChange: (change) =>
      props.onLayout({ widths: typeof change === "function" ? change(layout.widths) : change }),
  });
  const heads = table.getHeaderGroups()[0]?.headers ?? [];
  const template = { "--columns": `36px ${heads.map((head) => `${head.getSize()}px`).join(" ")}` };

  const reached = rows[active];
  useEffect(() => {
    if (!reached) return;
    onForesee(reached);
    return () => onForesee(null);
  }, [reached, onForesee]);

  useEffect(() => {
    if (active < 0) return;
    virtual.scrollToIndex(active);
    const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"]`);
    if (row && (isFocusFree() || scroller.current?.contains(document.activeElement)))
      row.focus({ preventScroll: true });
  }, [active, virtual]);

  const anchor = useRef(-1);
  const toggle = (index: number, range: boolean) => {
    const row = rows[index];
    if (!row) return;
    const next = new Set(selected);
    if (range && anchor.current >= 0) {
      const [from, to] = [Math.min(anchor.current, index), Math.max(anchor.current, index)];
      for (const one of rows.slice(from, to + 1)) next.add(one.id);
    } else {
      if (!next.delete(row.id)) next.add(row.id);
      anchor.current = index;
    }
    props.onSelect(next);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      Home: 0,
      End: rows.length - 1,
      PageDown: active + 12,
      PageUp: active - 12,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      const index = Math.max(0, Math.min(rows.length - 1, to));
      if (event.shiftKey) {
        if (anchor.current < 0) anchor.current = Math.max(0, active);
        toggle(index, true);
      }
      onActive(index);
    } else if (event.key === " " && active >= 0) {
      event.preventDefault();
      toggle(active, event.shiftKey);
    } else if (event.key === "Enter" && rows[active]) {
      event.preventDefault();
      onOpen(rows[active]);
    }
  };

  const all = rows.length > 0 && rows.every((row) => selected.has(row.id));
  const visible = table.getRowModel().rows;
  return (
    <div ref={scroller} className={styles["scroller"]}>
      <div
        role="grid"
        aria-label={t("list")}
        aria-rowcount={hasMore ? -1 : rows.length + 1}
        aria-multiselectable="true"
        tabIndex={rows.length > 0 && active < 0 ? 0 : -1}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          if (event.target === event.currentTarget) onActive(Math.max(0, active));
        }}
        className={styles["grid"]}
        style={template as CSSProperties}
      >
        <div
          role="row"
          aria-rowindex={1}
          className={cx(styles["head"], narrow && "visually-hidden")}
        >
          <span role="columnheader" className={styles["check"]}>
            <input
              type="checkbox"
              aria-label={t("selectAll")}
              checked={all}
              onChange={() => props.onSelect(all ? new Set() : new Set(rows.map((row) => row.id)))}
            />
          </span>
          {heads.map((head) => (
            <Heading
              key={head.id}
              name={head.id as ColumnName}
              wanted={props.wanted}
              onSort={props.onSort}
            >
              {t(`column.${head.id as ColumnName}`)}
              {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions -- widths are also in the columns' menu */}
              <span
                className={styles["grip"]}
                onMouseDown={head.getResizeHandler()}
                onTouchStart={head.getResizeHandler()}
              />
            </Heading>
          ))}
        </div>
        <div role="rowgroup" className={styles["body"]} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = visible[item.index];
            if (!row) return null;
            return (
              <div
                key={row.id}
                role="row"
                data-index={item.index}
                aria-rowindex={item.index + 2}
                aria-selected={selected.has(row.id)}
                tabIndex={item.index === active ? 0 : -1}
                className={cx(
                  styles["row"],
                  narrow && styles["card"],
                  listing.gone.has(row.id) && styles["gone"],
                  row.original.waiting_since && styles["waits"],
                )}
                style={{ height, transform: `translateY(${item.start}px)` }}
                onClick={(event: MouseEvent) => {
                  onActive(item.index);
                  if (event.shiftKey || event.ctrlKey || event.metaKey)
                    toggle(item.index, event.shiftKey);
                  else onOpen(row.original);
                }}
                onPointerEnter={() => onForesee(row.original)}
                onPointerLeave={() => onForesee(null)}
                onPointerDown={() => onForesee(row.original, true)}
                onKeyDown={undefined}
              >
                {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the grid hears the keys */}
                <span
                  role="gridcell"
                  className={styles["check"]}
                  onClick={(event) => {
                    event.stopPropagation();
                  }}
                >
                  <input
                    type="checkbox"
                    tabIndex={-1}
                    aria-label={t("selectOne", { number: row.original.number })}
                    checked={selected.has(row.id)}
                    onChange={(event) =>
                      toggle(item.index, (event.nativeEvent as unknown as MouseEvent).shiftKey)
                    }
                  />
                </span>
                {narrow ? (
                  <Card row={row.original} who={requester(row.original.requester)} />
                ) : (
                  row.getVisibleCells().map((cell) => (
                    <span role="gridcell" key={cell.id} className={styles["cell"]}>
                      {CELLS[cell.column.id as ColumnName](row.original, naming)}
                    </span>
                  ))
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** A row on a narrow screen. */
const Card = memo(function Card({ row, who }: { row: TicketRow; who: string }) {
  return (
    <span role="gridcell" className={styles["stack"]}>
      <span className={styles["subject"]}>{row.subject}</span>
      <span className={styles["line"]}>
        <span className={styles["number"]}>#{row.number}</span>
        <span className={styles["clip"]}>{who}</span>
      </span>
      <span className={styles["line"]}>
        <StatusMark status={row.status} />
        <PriorityMark priority={row.priority} />
        <Countdown sla={row.sla} />
      </span>
    </span>
  );
});
