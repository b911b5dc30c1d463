import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { useTicket } from "../context";
import { agents, teams } from "@/api/people";
import { Pick } from "@/components/pick";
import { Avatar } from "@/components/words";

/** To a colleague, to a team, or back to the queue. */
export function AssignDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations("ticket");
  const common = useTranslations("common");
  const { ask, me, ticket } = useTicket();
  const people = useQuery(agents).data ?? [];
  const groups = useQuery(teams).data ?? [];
  const mine = people.filter((one) => one.id === me.person);
  const options = [
    ...[...mine, ...people.filter((one) => one.active && one.id !== me.person)].map(
      ({ id, name }) => ({
        id: `agent:${id}`,
        label: name,
        group: t("assignee"),
        about: id === me.person ? common("you") : "",
        mark: <Avatar name={name} size={20} />,
        chosen: id === ticket.agent,
      }),
    ),
    ...groups
      .filter((one) => !one.retired)
      .map(({ id, name }) => ({
        id: `team:${id}`,
        label: name,
        group: t("team"),
        chosen: id === ticket.team && ticket.agent === null,
      })),
    ...(ticket.agent || ticket.team
      ? [{ id: "nobody:", label: t("do.unassign"), group: t("nobody") }]
      : []),
  ];
  return (
    <Pick
      open
      onClose={onClose}
      title={`${t("do.assign")} · #${ticket.number}`}
      options={options}
      onPick={(picked) => {
        const [kind, id] = [
          picked.slice(0, picked.indexOf(":")),
          picked.slice(picked.indexOf(":") + 1),
        ];
        // Work that goes to a colleague stays with the team it is with.
        const to =
          kind === "agent"
            ? { agent: id, team: ticket.team }
            : { agent: null, team: kind === "team" ? id : null };
        onClose();
        void ask("assign", to, { what: t("do.assign"), expected: to });
      }}
    />
  );
}
