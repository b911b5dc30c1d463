/** The values of a filter: chosen from a list, or typed where nobody can list them. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import styles from "./filter-bar.module.css";
import { localInput } from "./instants";
import { FILTERS, type Filter } from "./wanted";
import { agents, queues, teams, useNames, useRequesterNames } from "@/api/people";
import { Button } from "@/components/button";

const STATUSES = ["new", "open", "pending", "on_hold", "resolved", "closed", "merged", "cancelled"];
const PRIORITIES = ["urgent", "high", "normal", "low"];
const LEVELS = ["high", "medium", "low"];
const CHANNELS = [
  "web",
  "email",
  "phone",
  "chat",
  "sms",
  "social",
  "community",
  "monitoring",
  "api",
];
const DATES: readonly Filter[] = FILTERS.filter(
  (name) => /_(from|until)$/.test(name) && !/level|reopened_/.test(name),
);
const NUMBERS: readonly Filter[] = ["escalation_level_from", "reopened_from"];
const FLAGS: readonly Filter[] = ["vip", "waiting"];

interface ValuesProps {
  name: Filter;
  values: string[];
  onChange: (values: string[]) => void;
  onDone: () => void;
}

export function Values({ name, values, onChange, onDone }: ValuesProps) {
  const t = useTranslations("queue");
  const options = useOptions(name);
  const label = useValueLabel(name, values);
  const [search, setSearch] = useState("");
  if (FLAGS.includes(name))
    return ["true", "false"].map((value) => (
      <label key={value} className={styles["option"]}>
        <input
          type="radio"
          name={name}
          checked={values[0] === value}
          onChange={() => onChange([value])}
        />
        {label(value)}
      </label>
    ));
  if (!options) return <Typed name={name} values={values} onChange={onChange} onDone={onDone} />;
  const found = options.filter((value) =>
    label(value).toLowerCase().includes(search.toLowerCase()),
  );
  return (
    <>
      {options.length > 8 && (
        <input
          className={styles["find"]}
          aria-label={t("search")}
          placeholder={t("search")}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      )}
      <div className={styles["options"]}>
        {found.map((value) => (
          <label key={value} className={styles["option"]}>
            <input
              type="checkbox"
              checked={values.includes(value)}
              onChange={(event) =>
                onChange(
                  event.target.checked ? [...values, value] : values.filter((one) => one !== value),
                )
              }
            />
            {label(value)}
          </label>
        ))}
      </div>
    </>
  );
}

/** Values that nobody can list: words, numbers, dates. Several words are separated by commas. */
function Typed({ name, values, onChange, onDone }: ValuesProps) {
  const t = useTranslations("queue");
  const kind = DATES.includes(name) ? "datetime-local" : NUMBERS.includes(name) ? "number" : "text";
  const [typed, setTyped] = useState(() =>
    kind === "datetime-local" ? localInput(values[0]) : values.join(", "),
  );
  const put = () => {
    const words = typed
      .split(",")
      .map((word) => word.trim())
      .filter(Boolean);
    if (kind === "datetime-local") onChange(typed ? [new Date(typed).toISOString()] : []);
    else onChange(kind === "number" ? words.slice(0, 1) : words);
    onDone();
  };
  return (
    <form
      className={styles["typed"]}
      onSubmit={(event) => {
        event.preventDefault();
        put();
      }}
    >
      <input
        type={kind}
        min={0}
        className={styles["find"]}
        aria-label={t(`attribute.${name}`)}
        placeholder={name === "field" ? t("fieldHint") : ""}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button type="submit" look="primary">
        {t("apply")}
      </Button>
    </form>
  );
}

/** All values of an attribute that has only some, `none` and `me` among them. */
function useOptions(name: Filter): string[] | null {
  const [agentsFound, teamsFound, queuesFound] = [
    useQuery(agents),
    useQuery(teams),
    useQuery(queues),
  ];
  const ids = (found: { id: string }[] | undefined) => (found ?? []).map((one) => one.id);
  switch (name) {
    case "status":
      return STATUSES;
    case "priority":
      return PRIORITIES;
    case "impact":
    case "urgency":
      return [...LEVELS, "none"];
    case "channel":
      return CHANNELS;
    case "agent":
      return ["me", "none", ...ids(agentsFound.data)];
    case "follower":
      return ["me", ...ids(agentsFound.data)];
    case "team":
      return ["none", ...ids(teamsFound.data)];
    case "queue":
      return ["none", ...ids(queuesFound.data)];
    case "satisfaction":
      return ["1", "2", "3", "4", "5", "none"];
    default:
      return null;
  }
}

/** A value in the reader's words. */
export function useValueLabel(name: Filter, values: readonly string[]): (value: string) => string {
  const t = useTranslations();
  const format = useFormatter();
  const names = useNames();
  const requesterName = useRequesterNames(name === "requester" ? values : []);
  return (value) => {
    if (value === "none") return t("queue.none");
    if (value === "me") return t("queue.me");
    if (name === "status") return t(`status.${value as "new"}`);
    if (name === "priority") return t(`priority.${value as "low"}`);
    if (name === "impact" || name === "urgency") return t(`level.${value as "low"}`);
    if (name === "channel") return t(`queue.channel.${value as "web"}`);
    if (name === "agent" || name === "follower") return names.agent(value);
    if (name === "team") return names.team(value);
    if (name === "queue") return names.queue(value);
    if (name === "requester") return requesterName(value);
    if (FLAGS.includes(name)) return t(value === "true" ? "queue.yes" : "queue.no");
    if (DATES.includes(name))
      return format.dateTime(new Date(value), { dateStyle: "short", timeStyle: "short" });
    return value;
  };
}
