/** For who does not see the page: what comes in is read out, and nothing that was there before. */
import { useState } from "react";
import { useTranslations } from "use-intl";
import { keyOf, type Entry } from "@/api/conversation";

/** Signs of a message that are read out. */
const MOST = 300;

export function NewsByEar({
  entries,
  requesterName,
}: {
  entries: readonly Entry[];
  requesterName: (id: string) => string;
}) {
  const t = useTranslations("ticket.event");
  const [first] = useState(() => entries.at(-1));
  const latest = entries.findLast((entry) => entry.kind === "message");
  const heard =
    latest && isAfter(latest, first)
      ? `${t("message_received", { who: requesterName(latest.actor) })}: ${latest.body ?? ""}`
      : "";
  return (
    <div role="status" className="visually-hidden">
      {heard.slice(0, MOST)}
    </div>
  );
}

/** By what they are and not by their places: earlier entries come in above, others go. */
function isAfter(entry: Entry, first: Entry | undefined): boolean {
  if (!first) return true;
  if (entry.ticket === first.ticket) return entry.version > first.version;
  return keyOf(entry) !== keyOf(first) && Date.parse(entry.at) > Date.parse(first.at);
}
