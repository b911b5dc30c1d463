/** Another ticket, found by its number or by words. */
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslations } from "use-intl";
import { searchTickets, type FoundTicket } from "../reading";
import { ticket as ticketQuery } from "@/api/tickets";
import { PickList } from "@/components/pick";
import { StatusMark } from "@/components/words";

interface FindTicketProps {
  title: string;
  /** Never found: the ticket itself. */
  except: string;
  /** Whether a ticket that has ended may be chosen. */
  final: boolean;
  onPick: (found: FoundTicket) => void;
}

const FINAL = new Set(["closed", "merged", "cancelled"]);

export function FindTicket({ title, except, final, onPick }: FindTicketProps) {
  const t = useTranslations("ticket.dialog");
  const [typed, setTyped] = useState("");
  const query = useDeferredValue(typed.trim().replace(/^#/, ""));
  const isNumber = /^\d{1,12}$/.test(query);
  const byNumber = useQuery({ ...ticketQuery(query), enabled: isNumber, retry: false }).data;
  const byWords = useQuery(searchTickets(query)).data ?? [];
  const found = new Map<string, FoundTicket>();
  for (const one of [...(byNumber && isNumber ? [byNumber] : []), ...byWords])
    if (one.id !== except) found.set(one.id, one);
  return (
    <PickList
      title={title}
      placeholder={t("searchTicket")}
      empty={query ? t("nothingFound") : t("searchTicket")}
      onSearch={setTyped}
      options={[...found.values()].map(({ id, number, subject, status }) => ({
        id,
        label: `#${number}`,
        about: subject,
        mark: <StatusMark status={status} />,
        disabled: !final && FINAL.has(status),
      }))}
      onPick={(id) => {
        const one = found.get(id);
        if (one) onPick(one);
      }}
    />
  );
}
