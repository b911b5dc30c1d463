import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useTicket } from "../context";
import { deskRules } from "../reading";
import styles from "./dialogs.module.css";
import { FormDialog } from "./form";
import type { Level, Priority } from "@/api/tickets";
import { SelectField, TextField } from "@/components/field";
import { PriorityMark } from "@/components/words";

const LEVELS: readonly Level[] = ["high", "medium", "low"];
const PRIORITIES: readonly Priority[] = ["urgent", "high", "normal", "low"];

/** By impact and urgency, as the desk's matrix has it; or another one, with the reason why. */
export function PriorityDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const { ask, ticket } = useTicket();
  const rules = useQuery(deskRules).data;
  const [chosen, setChosen] = useState<{ impact: Level; urgency: Level } | null>(
    ticket.impact && ticket.urgency ? { impact: ticket.impact, urgency: ticket.urgency } : null,
  );
  const [override, setOverride] = useState<Priority | "">("");
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const what = t("ticket.do.priority");
  const told = (impact: Level, urgency: Level) =>
    rules?.matrix.find(([i, u]) => i === impact && u === urgency)?.[2] as Priority | undefined;
  const submit = async () => {
    if (override) {
      if (!reason.trim()) {
        setMissing(true);
        return null;
      }
      const asked = ask(
        "prioritise",
        { priority: override, reason: reason.trim() },
        { what, expected: { priority: override } },
      );
      onClose();
      return asked;
    }
    if (!chosen) return null;
    const priority = told(chosen.impact, chosen.urgency);
    const asked = ask("prioritise", chosen, {
      what,
      expected: { ...chosen, ...(priority && { priority }) },
    });
    onClose();
    return asked;
  };
  return (
    <FormDialog
      title={`${what} · #${ticket.number}`}
      submit={t("ticket.dialog.apply")}
      onClose={onClose}
      onSubmit={submit}
      disabled={!chosen && !override}
    >
      <fieldset className={styles["matrix"]} disabled={override !== ""}>
        <legend>{t("ticket.dialog.matrix")}</legend>
        <table>
          <thead>
            <tr>
              <th scope="col">
                {t("ticket.impact")} ↓ · {t("ticket.urgency")} →
              </th>
              {LEVELS.map((urgency) => (
                <th key={urgency} scope="col">
                  {t(`level.${urgency}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {LEVELS.map((impact) => (
              <tr key={impact}>
                <th scope="row">{t(`level.${impact}`)}</th>
                {LEVELS.map((urgency) => {
                  const priority = told(impact, urgency);
                  const here = chosen?.impact === impact && chosen.urgency === urgency;
                  return (
                    <td key={urgency}>
                      <label className={styles["cell"]}>
                        <input
                          type="radio"
                          name="matrix"
                          className="visually-hidden"
                          checked={here}
                          onChange={() => setChosen({ impact, urgency })}
                        />
                        {priority && <PriorityMark priority={priority} />}
                        <span className="visually-hidden">
                          {t("ticket.impact")} {t(`level.${impact}`)}, {t("ticket.urgency")}{" "}
                          {t(`level.${urgency}`)}
                        </span>
                      </label>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </fieldset>
      <SelectField
        label={t("ticket.dialog.override")}
        value={override}
        onChange={(event) => setOverride(event.currentTarget.value as Priority | "")}
      >
        <option value="">—</option>
        {PRIORITIES.map((priority) => (
          <option key={priority} value={priority}>
            {t(`priority.${priority}`)}
          </option>
        ))}
      </SelectField>
      {override && (
        <TextField
          label={t("ticket.dialog.overrideReason")}
          value={reason}
          error={missing && !reason.trim() ? t("ticket.dialog.required") : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
    </FormDialog>
  );
}
