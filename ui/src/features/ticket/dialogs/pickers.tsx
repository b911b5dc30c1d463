/** Pickers for what a ticket has one or several of: queue, category, tags, requester. */
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslations } from "use-intl";
import { useTicket } from "../context";
import { requesters, wordsInUse } from "../reading";
import { queues } from "@/api/people";
import { Pick } from "@/components/pick";

interface PickerProps {
  onClose: () => void;
}

export function QueueDialog({ onClose }: PickerProps) {
  const t = useTranslations("ticket");
  const { ask, ticket } = useTicket();
  const found = useQuery(queues).data ?? [];
  const move = (queue: string | null) => {
    onClose();
    void ask("move_to_queue", { queue }, { what: t("do.queue"), expected: { queue } });
  };
  return (
    <Pick
      open
      onClose={onClose}
      title={`${t("do.queue")} · #${ticket.number}`}
      options={[
        ...found
          .filter((one) => !one.retired)
          .map(({ id, name }) => ({ id: `in:${id}`, label: name, chosen: id === ticket.queue })),
        ...(ticket.queue ? [{ id: "none", label: t("none") }] : []),
      ]}
      onPick={(id) => move(id === "none" ? null : id.slice(3))}
    />
  );
}

export function CategoryDialog({ onClose }: PickerProps) {
  const t = useTranslations("ticket");
  const { ask, ticket } = useTicket();
  const [typed, setTyped] = useState("");
  const found = useQuery(wordsInUse("categories", useDeferredValue(typed.trim()))).data ?? [];
  const choose = (category: string | null) => {
    onClose();
    void ask("categorise", { category }, { what: t("do.category"), expected: { category } });
  };
  return (
    <Pick
      open
      onClose={onClose}
      title={`${t("do.category")} · #${ticket.number}`}
      options={[
        ...found.map(({ name, tickets }) => ({
          id: `in:${name}`,
          label: name,
          about: String(tickets),
          chosen: name === ticket.category,
        })),
        ...(ticket.category && !typed ? [{ id: "none", label: t("none") }] : []),
      ]}
      onSearch={setTyped}
      onPick={(id) => choose(id === "none" ? null : id.slice(3))}
      onNew={choose}
    />
  );
}

export function TagDialog({ onClose }: PickerProps) {
  const t = useTranslations("ticket");
  const { ask, ticket } = useTicket();
  const [typed, setTyped] = useState("");
  const found = useQuery(wordsInUse("tags", useDeferredValue(typed.trim()))).data ?? [];
  // What it has just been given is in no list of words yet, and can be taken away again.
  const own = ticket.tags.filter(
    (tag) => tag.includes(typed.trim()) && !found.some(({ name }) => name === tag),
  );
  const toggle = (tag: string) => {
    onClose();
    const has = ticket.tags.includes(tag);
    const tags = has ? ticket.tags.filter((one) => one !== tag) : [...ticket.tags, tag];
    void ask(
      has ? "untag" : "tag",
      { tag },
      {
        what: t(has ? "do.untag" : "do.tag"),
        expected: { tags },
      },
    );
  };
  return (
    <Pick
      open
      onClose={onClose}
      title={`${t("do.tag")} · #${ticket.number}`}
      options={[
        ...found.map(({ name, tickets }) => ({
          id: name,
          label: name,
          about: String(tickets),
          chosen: ticket.tags.includes(name),
        })),
        ...own.map((name) => ({ id: name, label: name, chosen: true })),
      ]}
      onSearch={setTyped}
      onPick={toggle}
      onNew={toggle}
    />
  );
}

export function RequesterDialog({ onClose }: PickerProps) {
  const t = useTranslations("ticket");
  const { ask, ticket } = useTicket();
  const [typed, setTyped] = useState("");
  const found = useQuery(requesters(useDeferredValue(typed.trim()))).data ?? [];
  return (
    <Pick
      open
      onClose={onClose}
      title={t("dialog.requesterTitle")}
      options={found.map(({ id, name, emails }) => ({
        id,
        label: name,
        about: emails[0] ?? id,
        chosen: id === ticket.requester,
      }))}
      onSearch={setTyped}
      onPick={(requester) => {
        onClose();
        void ask("change_requester", { requester }, { what: t("do.requester") });
      }}
    />
  );
}
