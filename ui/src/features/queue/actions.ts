/** What can be done in a list without a mouse. */
import { useRouter } from "@tanstack/react-router";
import { Plus, RefreshCw, Search } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Action } from "@/actions/action";
import { useActions } from "@/actions/registry";
import type { TicketRow } from "@/api/tickets";

interface ListActions {
  rows: readonly TicketRow[];
  active: number;
  selected: ReadonlySet<string>;
  onActive: (index: number) => void;
  onSelect: (ids: ReadonlySet<string>) => void;
  onOpen: (row: TicketRow) => void;
  onSearch: () => void;
  onNew: () => void;
  onRenew: () => void;
}

const VIEWS = {
  "g u": "unresolved",
  "g m": "mine",
  "g n": "unassigned",
  "g w": "waiting_for_us",
} as const;

export function useQueueActions(list: ListActions): void {
  const t = useTranslations("queue");
  const router = useRouter();
  const { rows, active, selected } = list;
  const row = rows[active];
  const step = (by: number) => list.onActive(Math.max(0, Math.min(rows.length - 1, active + by)));
  const toggle = () => {
    if (!row) return;
    const next = new Set(selected);
    if (!next.delete(row.id)) next.add(row.id);
    list.onSelect(next);
  };
  const inList = (id: string, keys: string, run: () => void): Action => ({
    id: `queue.${id}`,
    label: t(`action.${id as "next"}`),
    section: "queue",
    keys,
    run,
  });
  useActions([
    inList("next", "j", () => step(1)),
    inList("previous", "k", () => step(-1)),
    inList("open", "o", () => row && list.onOpen(row)),
    inList("select", "x", toggle),
    inList("selectAll", "Mod+a", () => list.onSelect(new Set(rows.map((one) => one.id)))),
    inList("unselect", "Escape", () => list.onSelect(new Set())),
    { ...inList("search", "/", list.onSearch), icon: Search },
    { ...inList("new", "c", list.onNew), icon: Plus },
    { ...inList("renew", ".", list.onRenew), icon: RefreshCw },
    ...Object.entries(VIEWS).map(([keys, view]): Action => ({
      id: `queue.go.${view}`,
      label: t("goTo", { view: t(`view.${view}`) }),
      section: "go",
      keys,
      run: () => router.navigate({ to: "/tickets", search: { view } }),
    })),
  ]);
}
