import { useState } from "react";
import { useTranslations } from "use-intl";
import { useTicket } from "../context";
import { FindTicket } from "./find-ticket";
import type { Relation } from "@/api/tickets";
import { Dialog } from "@/components/dialog";
import { SelectField } from "@/components/field";

const RELATIONS: readonly Relation[] = [
  "related",
  "parent",
  "child",
  "problem",
  "incident",
  "blocks",
  "blocked_by",
  "duplicates",
  "duplicated_by",
  "follow_up",
];

/** What two tickets are to each other. */
export function LinkDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations("ticket");
  const { ask, ticket } = useTicket();
  const [relation, setRelation] = useState<Relation>("related");
  return (
    <Dialog
      open
      onClose={onClose}
      title={`${t("dialog.linkTitle")} · #${ticket.number}`}
      size="medium"
    >
      <SelectField
        label={t("dialog.linkRelation")}
        value={relation}
        onChange={(event) => setRelation(event.currentTarget.value as Relation)}
      >
        {RELATIONS.map((one) => (
          <option key={one} value={one}>
            {t(`relation.${one}`)}
          </option>
        ))}
      </SelectField>
      <FindTicket
        title={t("dialog.linkTitle")}
        except={ticket.id}
        final
        onPick={(found) => {
          onClose();
          void ask(
            "link",
            { other: found.id, relation },
            {
              what: t("do.link"),
              expected: { links: [...ticket.links, { other: found.id, relation }] },
            },
          );
        }}
      />
    </Dialog>
  );
}
