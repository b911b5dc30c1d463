/** What differs between two versions of a ticket. */
import type { Ticket } from "@/api/tickets";

/** Attributes that are compared, in the order in which they are shown. */
export const COMPARED = [
  "status",
  "subject",
  "priority",
  "impact",
  "urgency",
  "agent",
  "team",
  "queue",
  "category",
  "tags",
  "requester",
  "organisation",
  "waiting_for",
  "wake_at",
  "resolution_code",
  "resolution_note",
  "escalation_level",
  "followers",
  "links",
  "merged_into",
  "absorbed",
  "reopened",
  "satisfaction",
  "language",
  "region",
] as const satisfies readonly (keyof Ticket)[];

export type Compared = (typeof COMPARED)[number];

type State = Pick<Ticket, Compared | "fields">;

export interface Difference {
  /** An attribute, or the name of a custom field. */
  name: Compared | { field: string };
  before: unknown;
  after: unknown;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** What is another in `after` than in `before`; a ticket that was not there yet has nothing. */
export function differences(before: State | null, after: State): Difference[] {
  const found: Difference[] = COMPARED.filter((name) => !same(before?.[name], after[name])).map(
    (name) => ({ name, before: before?.[name] ?? null, after: after[name] }),
  );
  const fields = new Set([...Object.keys(before?.fields ?? {}), ...Object.keys(after.fields)]);
  for (const field of fields)
    if (!same(before?.fields[field], after.fields[field]))
      found.push({
        name: { field },
        before: before?.fields[field] ?? null,
        after: after.fields[field] ?? null,
      });
  return found;
}
