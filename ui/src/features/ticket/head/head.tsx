/** The top of the page: what the ticket is, who is on it, and what is done most. */
import { ArrowLeft, ChevronDown, ChevronUp, Ellipsis, PanelRight } from "lucide-react";
import { useTranslations } from "use-intl";
import { useTicket } from "../context";
import styles from "./head.module.css";
import { Subject } from "./subject";
import type { Action } from "@/actions/action";
import { Keycaps } from "@/actions/keycaps";
import type { Present } from "@/api/live";
import { useNames } from "@/api/people";
import { Button } from "@/components/button";
import { Menu, MenuItem } from "@/components/menu";
import { Avatar, PriorityMark, StatusMark } from "@/components/words";
import { cx } from "@/lib/class-names";
import { neighbour } from "@/lib/ticket-list";

interface HeadProps {
  actions: readonly Action[];
  others: readonly Present[];
  renaming: boolean;
  onRenaming: (renaming: boolean) => void;
}

/** In the menu these stand elsewhere, or need no menu. */
const NOT_IN_MENU = new Set(["reply", "note", "next", "previous", "back", "details", "status"]);

export function Head({ actions, others, renaming, onRenaming }: HeadProps) {
  const t = useTranslations("ticket");
  const words = useTranslations();
  const { ticket, may, open } = useTicket();
  const names = useNames();
  const run = (id: string) => void actions.find((action) => action.id === `ticket.${id}`)?.run();
  const action = (id: string) => actions.find((one) => one.id === `ticket.${id}`);
  const assignMe = action("assign-me");
  const resolve = action("resolve");
  const owner = ticket.agent
    ? names.agent(ticket.agent)
    : ticket.team
      ? names.team(ticket.team)
      : t("unassigned");
  return (
    <header className={styles["head"]}>
      <div className={styles["line"]}>
        <Button
          look="quiet"
          icon={ArrowLeft}
          aria-label={t("back")}
          title={t("back")}
          onClick={() => run("back")}
        />
        <span className={styles["number"]}>#{ticket.number}</span>
        <Subject renaming={renaming} onRenaming={onRenaming} />
        <People others={others} />
        <span className={styles["walk"]}>
          <Button
            look="quiet"
            icon={ChevronUp}
            aria-label={t("previous")}
            title={t("previous")}
            disabled={neighbour(ticket.number, -1) === null}
            onClick={() => run("previous")}
          />
          <Button
            look="quiet"
            icon={ChevronDown}
            aria-label={t("next")}
            title={t("next")}
            disabled={neighbour(ticket.number, 1) === null}
            onClick={() => run("next")}
          />
        </span>
        <Button
          className={styles["details"]}
          look="quiet"
          icon={PanelRight}
          aria-label={t("do.details")}
          title={t("do.details")}
          onClick={() => run("details")}
        />
      </div>
      <div className={cx(styles["line"], styles["facts"])}>
        <button
          type="button"
          className={styles["fact"]}
          aria-label={`${t("status")}: ${words(`status.${ticket.status}`)}. ${t("edit")}`}
          onClick={() => open({ what: "status" })}
        >
          <StatusMark status={ticket.status} />
        </button>
        <button
          type="button"
          className={styles["fact"]}
          disabled={!may("prioritise")}
          aria-label={`${t("priority")}: ${words(`priority.${ticket.priority}`)}. ${t("edit")}`}
          onClick={() => open({ what: "priority" })}
        >
          <PriorityMark priority={ticket.priority} />
        </button>
        <button
          type="button"
          className={styles["fact"]}
          disabled={!may("assign")}
          aria-label={`${t("assignee")}: ${owner}. ${t("edit")}`}
          onClick={() => open({ what: "assign" })}
        >
          {ticket.agent && <Avatar name={owner} size={20} />}
          {owner}
        </button>
        {ticket.vip && <span className={styles["vip"]}>{t("vip")}</span>}
        <span className={styles["space"]} />
        {assignMe && (
          <Button className={styles["wide"]} onClick={() => run("assign-me")}>
            {assignMe.label}
          </Button>
        )}
        {resolve && (
          <Button className={styles["wide"]} onClick={() => run("resolve")}>
            {resolve.label}
          </Button>
        )}
        <Menu
          label={t("moreActions")}
          button={<Button icon={Ellipsis} aria-label={t("moreActions")} title={t("moreActions")} />}
        >
          {actions
            .filter((one) => !NOT_IN_MENU.has(one.id.replace("ticket.", "")))
            .map((one) => (
              <MenuItem
                key={one.id}
                icon={one.icon && <one.icon aria-hidden="true" size={16} />}
                after={one.keys && <Keycaps keys={one.keys} />}
                onSelect={() => requestAnimationFrame(() => void one.run())}
              >
                {one.label}
              </MenuItem>
            ))}
        </Menu>
      </div>
    </header>
  );
}

/** Who else is here; a ring is around those who write. */
function People({ others }: { others: readonly Present[] }) {
  const t = useTranslations("ticket.panel");
  return (
    <ul className={styles["people"]} aria-label={t("presence")} aria-live="polite">
      {others.map((one) => {
        const words = t(one.activity, { name: one.name });
        return (
          <li
            key={one.person}
            className={cx(styles["person"], one.activity === "typing" && styles["typing"])}
            title={words}
          >
            <Avatar name={one.name} size={26} />
            <span className="visually-hidden">{words}</span>
          </li>
        );
      })}
    </ul>
  );
}
