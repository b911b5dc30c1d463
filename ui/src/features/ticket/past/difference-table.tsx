import { useFormatter, useTranslations } from "use-intl";
import type { Compared, Difference } from "./difference";
import styles from "./past.module.css";
import { useNames, useOrganisationNames, useRequesterNames } from "@/api/people";
import {
  useTicketsNamed,
  type Level,
  type Priority,
  type Status,
  type Ticket,
} from "@/api/tickets";
import { useFieldWords } from "@/components/field-words";
import { plainText } from "@/lib/plain-text";

/** Labels of attributes that the page names elsewhere. */
const LABELS: Partial<
  Record<
    Compared,
    | "status"
    | "subject"
    | "priority"
    | "impact"
    | "urgency"
    | "assignee"
    | "team"
    | "queue"
    | "category"
    | "tags"
    | "requester"
    | "organisation"
    | "waitingFor"
    | "wakesAt"
    | "resolution"
    | "level"
    | "satisfaction"
    | "language"
    | "region"
  >
> = {
  status: "status",
  subject: "subject",
  priority: "priority",
  impact: "impact",
  urgency: "urgency",
  agent: "assignee",
  team: "team",
  queue: "queue",
  category: "category",
  tags: "tags",
  requester: "requester",
  organisation: "organisation",
  waiting_for: "waitingFor",
  wake_at: "wakesAt",
  resolution_code: "resolution",
  escalation_level: "level",
  satisfaction: "satisfaction",
  language: "language",
  region: "region",
};

/** Field, before, after. */
export function DifferenceTable({ differences }: { differences: readonly Difference[] }) {
  const t = useTranslations("ticket");
  const value = useValue(differences);
  const fields = useFieldWords();
  const label = (name: Difference["name"]) => {
    if (typeof name === "object") return fields.label(name.field);
    const known = LABELS[name];
    return known ? t(known) : t(`past.name.${name as "reopened"}`);
  };
  if (differences.length === 0) return <p>{t("past.same")}</p>;
  return (
    <table className={styles["table"]}>
      <thead>
        <tr>
          <th scope="col">{t("past.field")}</th>
          <th scope="col">{t("past.before")}</th>
          <th scope="col">{t("past.after")}</th>
        </tr>
      </thead>
      <tbody>
        {differences.map(({ name, before, after }) => (
          <tr key={JSON.stringify(name)}>
            <th scope="row">{label(name)}</th>
            <td>
              <del>{value(name, before)}</del>
            </td>
            <td>
              <ins>{value(name, after)}</ins>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type Link = Ticket["links"][number];

/** Values in words; what is known inside by an id is called by its name. */
function useValue(
  differences: readonly Difference[],
): (name: Difference["name"], value: unknown) => string {
  const t = useTranslations();
  const names = useNames();
  const fields = useFieldWords();
  const format = useFormatter();
  const of = <Value,>(wanted: Compared): Value[] =>
    differences
      .filter(({ name }) => name === wanted)
      .flatMap(({ before, after }) => [before, after].flat())
      .filter((value) => value !== null) as Value[];
  const requester = useRequesterNames(of("requester"));
  const organisation = useOrganisationNames(of("organisation"));
  const tickets = useTicketsNamed([
    ...of<string>("merged_into"),
    ...of<string>("absorbed"),
    ...of<Link>("links").map((link) => link.other),
  ]);
  const ticket = (id: string) => {
    const found = tickets.get(id);
    return found ? `#${found.number} ${found.subject}` : id;
  };
  const inWords: Partial<Record<Compared, (value: never) => string>> = {
    status: (value: Status) => t(`status.${value}`),
    priority: (value: Priority) => t(`priority.${value}`),
    impact: (value: Level) => t(`level.${value}`),
    urgency: (value: Level) => t(`level.${value}`),
    agent: names.agent,
    followers: names.agent,
    team: names.team,
    queue: names.queue,
    requester,
    organisation,
    merged_into: ticket,
    absorbed: ticket,
    wake_at: (value: string) =>
      format.dateTime(new Date(value), { dateStyle: "medium", timeStyle: "short" }),
    links: ({ relation, other }: Link) => `${t(`ticket.relation.${relation}`)} ${ticket(other)}`,
  };
  const one = (name: Difference["name"], value: unknown): string => {
    if (value === null || value === undefined || value === "") return "—";
    if (Array.isArray(value))
      return value.length === 0 ? "—" : value.map((item) => one(name, item)).join(", ");
    if (typeof name === "object") return fields.value(name.field, value);
    const known = inWords[name];
    if (known) return known(value as never);
    return typeof value === "boolean" ? (value ? "✓" : "✗") : plainText(value);
  };
  return one;
}
