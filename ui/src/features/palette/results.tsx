/** Tickets and requesters in the palette, and how the search for them stands. */
import * as Ariakit from "@ariakit/react";
import { RotateCw, Ticket, UserRound } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Finding, Found } from "./found";
import { Item } from "./item";
import styles from "./palette.module.css";
import { useProblemText } from "@/components/problem-text";
import { StatusMark } from "@/components/words";

export interface Openers {
  ticket: (number: number) => void;
  requester: (id: string) => void;
}

interface FoundItemsProps {
  finding: Finding;
  opens: Openers;
  /** Closes the palette before it runs what was chosen. */
  onChoose: (run: () => void) => void;
}

export function FoundItems({ finding, opens, onChoose }: FoundItemsProps) {
  const t = useTranslations();
  if (finding.state === "failed")
    return (
      <Item icon={RotateCw} onChoose={finding.again}>
        {t("common.retry")}
      </Item>
    );
  if (finding.state !== "found") return null;
  const { tickets, requesters } = finding.found;
  return (
    <>
      <Group label={t("actions.tickets")} isEmpty={tickets.length === 0}>
        {tickets.map(({ ticket, subject, excerpt }) => (
          <Item
            key={ticket.id}
            icon={Ticket}
            onChoose={() => onChoose(() => opens.ticket(ticket.number))}
            about={excerpt && <Parts parts={excerpt.parts} />}
            after={<StatusMark status={ticket.status} />}
          >
            <span className={styles["number"]}>#{ticket.number}</span> <Parts parts={subject} />
          </Item>
        ))}
      </Group>
      <Group label={t("actions.requesters")} isEmpty={requesters.length === 0}>
        {requesters.map(({ id, name, emails }) => (
          <Item
            key={id}
            icon={UserRound}
            onChoose={() => onChoose(() => opens.requester(id))}
            about={emails[0]}
          >
            {name}
          </Item>
        ))}
      </Group>
    </>
  );
}

function Group({
  label,
  isEmpty,
  children,
}: {
  label: string;
  isEmpty: boolean;
  children: ReactNode;
}) {
  if (isEmpty) return null;
  return (
    <Ariakit.ComboboxGroup>
      <Ariakit.ComboboxGroupLabel className={styles["groupHeading"]}>
        {label}
      </Ariakit.ComboboxGroupLabel>
      {children}
    </Ariakit.ComboboxGroup>
  );
}

/** Plain text, with what was looked for in it marked. */
function Parts({ parts }: { parts: Found["tickets"][number]["subject"] }) {
  return parts.map(({ text, hit }, place) =>
    hit ? (
      <mark key={place} className={styles["hit"]}>
        {text}
      </mark>
    ) : (
      text
    ),
  );
}

interface StatusProps {
  finding: Finding;
  query: string;
  /** How many actions match. */
  actions: number;
}

/** Said to those who listen, too; what is plain to see is for them alone. */
export function FindingStatus({ finding, query, actions }: StatusProps) {
  const t = useTranslations("actions");
  const words = useProblemText();
  const nothing = actions === 0 ? t("noMatch", { query }) : "";
  let said: string;
  let isSeen = true;
  switch (finding.state) {
    case "idle":
      said = query ? nothing : "";
      break;
    case "searching":
      said = t("searching");
      break;
    case "failed":
      said = `${t("searchFailed")} ${words(finding.error)}`;
      break;
    case "found": {
      const { tickets, requesters } = finding.found;
      const found = tickets.length + requesters.length;
      said = found
        ? t("foundCount", { tickets: tickets.length, requesters: requesters.length })
        : nothing;
      isSeen = found === 0;
    }
  }
  return (
    <p role="status" className={isSeen ? styles["none"] : "visually-hidden"}>
      {said}
    </p>
  );
}
