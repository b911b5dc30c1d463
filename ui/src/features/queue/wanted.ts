/** What the list is asked for: it stands in the address, so that it can be kept and sent around. */
import { readSearch, valuesOf, writeSearch, type SearchValues } from "@/lib/search-text";

/** Parameters of GET /tickets that filter; all of them are texts in an address. */
export const FILTERS = [
  "text",
  "status",
  "priority",
  "queue",
  "agent",
  "team",
  "category",
  "tag",
  "channel",
  "requester",
  "organisation",
  "segment",
  "region",
  "language",
  "vip",
  "waiting",
  "follower",
  "impact",
  "urgency",
  "escalation_level_from",
  "reopened_from",
  "resolution_code",
  "satisfaction",
  "field",
  "opened_from",
  "opened_until",
  "updated_from",
  "updated_until",
  "resolved_from",
  "resolved_until",
] as const;
export type Filter = (typeof FILTERS)[number];

/** Filters of which only one value makes sense. */
const SINGLE: readonly string[] = [
  "text",
  "vip",
  "waiting",
  "follower",
  "escalation_level_from",
  "reopened_from",
  "opened_from",
  "opened_until",
  "updated_from",
  "updated_until",
  "resolved_from",
  "resolved_until",
];

export interface Wanted {
  view?: string;
  saved?: string;
  as_of?: string;
  sort?: string;
  direction?: "asc" | "desc";
  filters: Partial<Record<Filter, string[]>>;
}

/** The address's search as the router holds it: flat, with only what is known. */
export type WantedSearch = SearchValues;

export function readWanted(search: Record<string, unknown>): Wanted {
  const filters: Wanted["filters"] = {};
  for (const name of FILTERS) {
    const values = valuesOf(search[name]);
    if (values.length > 0) filters[name] = SINGLE.includes(name) ? values.slice(-1) : values;
  }
  const one = (name: string) => valuesOf(search[name]).at(-1);
  const [view, saved, asOf, sort, direction] = ["view", "saved", "as_of", "sort", "direction"].map(
    one,
  );
  const nothing = !view && !saved && Object.keys(filters).length === 0;
  return {
    ...(view ? { view } : nothing ? { view: "unresolved" } : {}),
    ...(saved ? { saved } : {}),
    ...(asOf && !Number.isNaN(Date.parse(asOf)) ? { as_of: asOf } : {}),
    ...(sort ? { sort } : {}),
    ...(direction === "asc" || direction === "desc" ? { direction } : {}),
    filters,
  };
}

export function searchOf({ filters, ...rest }: Wanted): WantedSearch {
  return { ...rest, ...filters };
}

/** The same as parameters of the API. */
export function parametersOf(wanted: Wanted): URLSearchParams {
  return new URLSearchParams(writeSearch(searchOf(wanted)));
}

/** With other values of a filter; without any it is gone. */
export function withFilter(wanted: Wanted, name: Filter, values: string[]): Wanted {
  const filters = Object.entries({ ...wanted.filters, [name]: values });
  return { ...wanted, filters: Object.fromEntries(filters.filter(([, held]) => held.length > 0)) };
}

/** One list is one key, however its parameters are ordered. */
export const keyOf = (wanted: Wanted): string => {
  const parameters = parametersOf(wanted);
  parameters.sort();
  return parameters.toString();
};

export const fromText = (text: string): Wanted => readWanted(readSearch(text));

/** The same list as it is now. */
export function withoutPast({ as_of, ...now }: Wanted): Wanted {
  return now;
}
