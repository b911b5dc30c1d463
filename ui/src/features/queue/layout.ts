/** Columns as the reader likes them, kept in this browser for each view. */
import { useCallback, useState } from "react";
import { COLUMNS, USUAL, type ColumnName } from "./columns";

export interface Layout {
  columns: readonly ColumnName[];
  widths: Record<string, number>;
}

const keyFor = (view: string) => `chronodesk.columns.${view}`;

function kept(view: string, usual: readonly string[]): Layout {
  const known = (names: readonly string[]) =>
    names.filter((name): name is ColumnName => (COLUMNS as readonly string[]).includes(name));
  const chosen = known(usual);
  const fallback = { columns: chosen.length > 0 ? chosen : USUAL, widths: {} };
  const text = localStorage.getItem(keyFor(view));
  if (!text) return fallback;
  try {
    const layout = JSON.parse(text) as Layout;
    const columns = known(layout.columns);
    return columns.length > 0 ? { columns, widths: layout.widths } : fallback;
  } catch {
    return fallback;
  }
}

/** `usual` are the columns of a saved view. */
export function useLayout(view: string, usual: readonly string[]) {
  const key = `${view}|${usual.join()}`;
  const [held, hold] = useState({ key, layout: kept(view, usual) });
  const layout = held.key === key ? held.layout : kept(view, usual);
  const change = useCallback(
    (changed: Partial<Layout>) => {
      hold((before) => {
        const after = { ...(before.key === key ? before.layout : kept(view, usual)), ...changed };
        localStorage.setItem(keyFor(view), JSON.stringify(after));
        return { key, layout: after };
      });
    },
    [key, view, usual],
  );
  return [layout, change] as const;
}
