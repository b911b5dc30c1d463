/** The list somebody came from, so that a ticket knows which is the next one. */

const KEPT = "chronodesk.ticket-list";

interface TicketList {
  /** Numbers in the order of the list, as far as it was loaded. */
  numbers: number[];
  /** The address of the list. */
  href: string;
}

export function keepTicketList(list: TicketList): void {
  sessionStorage.setItem(KEPT, JSON.stringify(list));
}

export function ticketList(): TicketList | null {
  const kept = sessionStorage.getItem(KEPT);
  return kept ? (JSON.parse(kept) as TicketList) : null;
}

/** The neighbour of a ticket in the list somebody came from. */
export function neighbour(number: number, step: 1 | -1): number | null {
  const numbers = ticketList()?.numbers ?? [];
  const at = numbers.indexOf(number);
  return at < 0 ? null : (numbers[at + step] ?? null);
}
