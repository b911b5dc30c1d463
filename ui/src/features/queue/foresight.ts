/** What is about to be opened is asked for already. */
import { useCallback, useEffect, useRef } from "react";
import type { TicketRow } from "@/api/tickets";

/** So long a pointer rests on a row, or the keyboard, that is not just passing by; milliseconds. */
const RESTS = 80;

/**
 * Told on which row somebody is, null when they leave it: foresees the one that they rest on, or
 * with `now` the one that they press.
 */
export function useForesight(foresee: (row: TicketRow) => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(foresee);
  useEffect(() => {
    latest.current = foresee;
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback((row: TicketRow | null, now = false) => {
    clearTimeout(timer.current);
    if (!row) return;
    if (now) latest.current(row);
    else timer.current = setTimeout(() => latest.current(row), RESTS);
  }, []);
}
