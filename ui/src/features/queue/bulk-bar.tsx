/** What can be done with several tickets at once: look first, then do it, then perhaps take it back. */
import { useQuery } from "@tanstack/react-query";
import { CheckCircle2, Flag, Inbox, Tag, UserRound } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import styles from "./bulk-bar.module.css";
import { BulkDialog, type Plan } from "./bulk-dialog";
import { bulkOf, type Bulk, type BulkTicket } from "@/api/bulk";
import { useMe } from "@/api/me";
import { agents, queues, teams } from "@/api/people";
import type { Priority, TicketRow } from "@/api/tickets";
import { Button } from "@/components/button";
import { Menu, MenuItem } from "@/components/menu";

interface BulkBarProps {
  rows: readonly TicketRow[];
  selected: ReadonlySet<string>;
  onDone: () => void;
}

const PRIORITIES: readonly Priority[] = ["urgent", "high", "normal", "low"];

export function BulkBar({ rows, selected, onDone }: BulkBarProps) {
  const t = useTranslations();
  const me = useMe();
  const [plan, setPlan] = useState<Plan | null>(null);
  const people = useQuery(agents).data ?? [];
  const groups = useQuery(teams).data ?? [];
  const places = useQuery(queues).data ?? [];
  const tickets = rows
    .filter((row) => selected.has(row.id))
    .map((row): BulkTicket => ({ ticket: row.id, seen: row.version }));
  const n = tickets.length;
  const plain = (title: string, bulk: Bulk) =>
    setPlan({ title, make: () => ({ command: bulk.command, fields: bulk.fields }) });
  const withText = (title: string, label: string, make: (text: string) => Bulk, initial = "") =>
    setPlan({ title, make, needs: { label, initial } });
  const withChoice = (
    title: string,
    options: { id: string; name: string }[],
    make: (id: string) => Bulk,
  ) => setPlan({ title, make, needs: { label: title, options } });
  return (
    <div className={styles["bar"]} role="toolbar" aria-label={t("queue.bulk", { n })}>
      <strong aria-live="polite">{t("queue.selected", { n })}</strong>
      <Button
        icon={UserRound}
        onClick={() => plain(t("queue.do.assignMe"), bulkOf("assign", { agent: me.person }, []))}
      >
        {t("queue.do.assignMe")}
      </Button>
      <Button
        onClick={() =>
          withChoice(t("queue.do.assign"), people, (agent) => bulkOf("assign", { agent }, []))
        }
      >
        {t("queue.do.assign")}
      </Button>
      <Button
        icon={Inbox}
        onClick={() =>
          withChoice(t("queue.do.move"), places, (queue) => bulkOf("move_to_queue", { queue }, []))
        }
      >
        {t("queue.do.move")}
      </Button>
      <Menu
        label={t("queue.do.priority")}
        button={<Button icon={Flag}>{t("queue.do.priority")}</Button>}
      >
        {PRIORITIES.map((priority) => (
          <MenuItem
            key={priority}
            onSelect={() =>
              withText(
                `${t("queue.do.priority")}: ${t(`priority.${priority}`)}`,
                t("queue.reason"),
                (reason) => bulkOf("prioritise", { priority, reason }, []),
              )
            }
          >
            {t(`priority.${priority}`)}
          </MenuItem>
        ))}
      </Menu>
      <Menu label={t("queue.do.tag")} button={<Button icon={Tag}>{t("queue.do.tag")}</Button>}>
        <MenuItem
          onSelect={() =>
            withText(t("queue.do.addTag"), t("queue.attribute.tag"), (tag) =>
              bulkOf("tag", { tag }, []),
            )
          }
        >
          {t("queue.do.addTag")}
        </MenuItem>
        <MenuItem
          onSelect={() =>
            withText(t("queue.do.removeTag"), t("queue.attribute.tag"), (tag) =>
              bulkOf("untag", { tag }, []),
            )
          }
        >
          {t("queue.do.removeTag")}
        </MenuItem>
        <MenuItem
          onSelect={() =>
            withText(t("queue.do.categorise"), t("queue.attribute.category"), (category) =>
              bulkOf("categorise", { category }, []),
            )
          }
        >
          {t("queue.do.categorise")}
        </MenuItem>
      </Menu>
      <Menu
        label={t("queue.do.status")}
        button={<Button icon={CheckCircle2}>{t("queue.do.status")}</Button>}
      >
        <MenuItem
          onSelect={() =>
            withText(t("queue.do.pend"), t("queue.reason"), (reason) =>
              bulkOf("pend", { reason }, []),
            )
          }
        >
          {t("queue.do.pend")}
        </MenuItem>
        <MenuItem
          onSelect={() =>
            withText(t("queue.do.hold"), t("queue.reason"), (reason) =>
              bulkOf("hold", { reason }, []),
            )
          }
        >
          {t("queue.do.hold")}
        </MenuItem>
        <MenuItem
          onSelect={() =>
            withText(
              t("queue.do.resolve"),
              t("queue.attribute.resolution_code"),
              (code) => bulkOf("resolve", { code }, []),
              "solved",
            )
          }
        >
          {t("queue.do.resolve")}
        </MenuItem>
        <MenuItem
          onSelect={() =>
            withText(t("queue.do.cancel"), t("queue.reason"), (reason) =>
              bulkOf("cancel", { reason }, []),
            )
          }
        >
          {t("queue.do.cancel")}
        </MenuItem>
        <MenuItem
          onSelect={() =>
            withText(t("queue.do.merge"), t("queue.do.mergeInto"), (number) =>
              bulkOf("merge", { into: idOf(rows, number) }, []),
            )
          }
        >
          {t("queue.do.merge")}
        </MenuItem>
        {groups.length > 0 && (
          <MenuItem
            onSelect={() =>
              withChoice(t("queue.do.team"), groups, (team) => bulkOf("assign", { team }, []))
            }
          >
            {t("queue.do.team")}
          </MenuItem>
        )}
      </Menu>
      <span className={styles["space"]} />
      <Button look="quiet" onClick={onDone}>
        {t("queue.unselect")}
      </Button>
      {plan && (
        <BulkDialog plan={plan} tickets={tickets} onClose={() => setPlan(null)} onDone={onDone} />
      )}
    </div>
  );
}

/** The id behind a number that is in the list; anything else is taken as it was typed. */
function idOf(rows: readonly TicketRow[], typed: string): string {
  const number = typed.trim().replace(/^#/, "");
  return rows.find((row) => String(row.number) === number)?.id ?? number;
}
