/** What a list can show of a ticket. */
import { createColumnHelper } from "@tanstack/react-table";
import type { ReactNode } from "react";
import { Countdown } from "./countdown";
import type { features } from "./features";
import styles from "./table.module.css";
import type { Names } from "@/api/people";
import type { TicketRow } from "@/api/tickets";
import { Ago, At, Avatar, PriorityMark, StatusMark } from "@/components/words";

export const COLUMNS = [
  "number",
  "subject",
  "requester",
  "status",
  "priority",
  "sla",
  "agent",
  "queue",
  "updated_at",
  "opened_at",
  "category",
  "tags",
  "channel",
  "organisation",
  "team",
  "region",
  "language",
  "waiting_since",
  "segment",
  "resolved_at",
] as const;
export type ColumnName = (typeof COLUMNS)[number];

export const USUAL: readonly ColumnName[] = COLUMNS.slice(0, 9);

/** What a click on the head sorts by, where the API can. */
export const SORTS: Partial<Record<ColumnName, string>> = {
  number: "number",
  subject: "subject",
  requester: "requester",
  status: "status",
  priority: "priority",
  sla: "due_at",
  agent: "agent",
  queue: "queue",
  updated_at: "updated_at",
  opened_at: "opened_at",
  waiting_since: "waiting_since",
  resolved_at: "resolved_at",
};

const WIDTHS: Partial<Record<ColumnName, number>> = {
  number: 76,
  subject: 300,
  requester: 130,
  status: 104,
  priority: 96,
  sla: 150,
  agent: 140,
  queue: 130,
  updated_at: 120,
  opened_at: 150,
};

export interface Naming extends Names {
  requester: (id: string) => string;
  organisation: (id: string) => string;
}

const helper = createColumnHelper<typeof features, TicketRow>();

/** The columns. `header` says a column's name in the reader's language. */
export function makeColumns(header: (name: ColumnName) => string) {
  return helper.columns(
    COLUMNS.map((name) =>
      helper.display({
        id: name,
        header: header(name),
        size: WIDTHS[name] ?? 120,
        minSize: 56,
        maxSize: 900,
      }),
    ),
  );
}

const person = (name: string): ReactNode =>
  name && (
    <span className={styles["person"]}>
      <Avatar name={name} size={20} />
      <span className={styles["clip"]}>{name}</span>
    </span>
  );

/**
 * What stands in a cell. It is called and not rendered as a component of its own: a cell that was
 * made anew between the press and the release of a button would swallow the click.
 */
export const CELLS: Record<ColumnName, (row: TicketRow, naming: Naming) => ReactNode> = {
  number: (row) => <span className={styles["number"]}>#{row.number}</span>,
  subject: (row) => <span className={styles["subject"]}>{row.subject}</span>,
  requester: (row, naming) => naming.requester(row.requester),
  status: (row) => <StatusMark status={row.status} />,
  priority: (row) => <PriorityMark priority={row.priority} />,
  sla: (row) => <Countdown sla={row.sla ?? null} />,
  agent: (row, naming) => person(naming.agent(row.agent)),
  queue: (row, naming) => naming.queue(row.queue),
  updated_at: (row) => <Ago at={row.updated_at} />,
  opened_at: (row) => <At at={row.opened_at} />,
  category: (row) => row.category,
  tags: (row) => row.tags.join(", "),
  channel: (row) => row.channel,
  organisation: (row, naming) => row.organisation && naming.organisation(row.organisation),
  team: (row, naming) => naming.team(row.team),
  region: (row) => row.region,
  language: (row) => row.language,
  waiting_since: (row) => row.waiting_since && <Ago at={row.waiting_since} />,
  segment: (row) => row.segment,
  resolved_at: (row) => row.resolved_at && <At at={row.resolved_at} />,
};
