/** The ticket that the page is about, and how its parts ask for changes of it. */
import { createContext, use } from "react";
import type { Commanded, FieldsOf, TicketCommand } from "@/api/commands";
import type { Me } from "@/api/me";
import type { Ticket } from "@/api/tickets";

/** The dialogs of the page; one is open at a time. */
export type Doing =
  | { what: Asking }
  | { what: "field"; name: string }
  | { what: "split"; messages: readonly string[] };

export type Asking =
  | "assign"
  | "status"
  | "pend"
  | "hold"
  | "snooze"
  | "resolve"
  | "reopen"
  | "close"
  | "cancel"
  | "priority"
  | "queue"
  | "category"
  | "tag"
  | "macro"
  | "merge"
  | "link"
  | "escalate"
  | "deescalate"
  | "requester";

export interface AskOptions {
  /** What it is, in the reader's words; said when it is done, and when it is refused. */
  what: string;
  /** How the ticket will look: shown at once, and taken back when it is refused. */
  expected?: Partial<Ticket>;
  /** The version that was looked at, unless it is the one on the screen. */
  seen?: number;
  quiet?: boolean;
}

export type Ask = <Name extends TicketCommand>(
  name: Name,
  fields: FieldsOf<Name>,
  options: AskOptions,
) => Promise<Commanded | null>;

export interface TicketPageContext {
  /** As it stands in the address: the key of everything that is read. */
  ref: string;
  ticket: Ticket;
  me: Me;
  /** Whether this command can be asked for now. */
  may: (command: TicketCommand) => boolean;
  /** Ask for a change; null when it was refused, which has been said then. */
  ask: Ask;
  /** A change was made in another way: show it, and offer to take it back. */
  taken: (answer: Commanded, what: string) => void;
  open: (doing: Doing | null) => void;
}

export const TicketContext = createContext<TicketPageContext | null>(null);

export function useTicket(): TicketPageContext {
  const context = use(TicketContext);
  if (!context) throw new Error("This is a part of the ticket page.");
  return context;
}
