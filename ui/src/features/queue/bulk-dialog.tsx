/** A change of several tickets: what it will do, its doing, and what became of each. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslations } from "use-intl";
import styles from "./bulk-bar.module.css";
import { askInBulk, undoBulk, type Bulk, type BulkResult, type BulkTicket } from "@/api/bulk";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { SelectField, TextField } from "@/components/field";
import { useProblemText } from "@/components/problem-text";
import { useTell } from "@/components/toasts";

/** A change that is being thought about: what it is called, and how it is asked for. */
export interface Plan {
  title: string;
  make: (text: string) => Omit<Bulk, "tickets">;
  /** A text or a choice that it needs, if it does. */
  needs?: { label: string; options?: { id: string; name: string }[]; initial?: string };
}

interface BulkDialogProps {
  plan: Plan;
  tickets: readonly BulkTicket[];
  onClose: () => void;
  onDone: () => void;
}

export function BulkDialog({ plan, tickets, onClose, onDone }: BulkDialogProps) {
  const t = useTranslations();
  const tell = useTell();
  const words = useProblemText();
  const [text, setText] = useState(plan.needs?.options?.[0]?.id ?? plan.needs?.initial ?? "");
  const [answered, setAnswered] = useState(0);
  const ready = !plan.needs || text.trim() !== "";
  const bulk = { ...plan.make(text.trim()), tickets };
  const preview = useQuery({
    queryKey: ["bulk", bulk],
    queryFn: () => askInBulk(bulk, { dryRun: true }),
    enabled: ready,
    staleTime: 0,
    gcTime: 0,
  });
  const undo = useMutation({
    mutationFn: undoBulk,
    onSuccess: (refused) =>
      tell(
        refused.length === 0
          ? { text: t("queue.undone") }
          : { text: t("queue.notUndone", { n: refused.length }), kind: "refused" },
      ),
    onError: (error) => tell({ text: words(error), kind: "refused" }),
  });
  const work = useMutation({
    mutationFn: () => askInBulk(bulk, { onProgress: setAnswered }),
    onSuccess: (results) => {
      const changed = results.filter((one) => one.changed).length;
      const refused = results.filter((one) => !one.ok);
      tell({
        text: t("queue.bulkDone", { n: changed }),
        action: { label: t("common.undo"), run: () => undo.mutate(results) },
      });
      if (refused.length === 0) {
        onClose();
        onDone();
      }
    },
  });
  const results = work.data ?? (ready ? preview.data : undefined);
  const will = results?.filter((one) => one.ok && one.changed).length ?? 0;
  return (
    <Dialog
      open
      onClose={onClose}
      title={plan.title}
      size="medium"
      foot={
        work.data ? (
          <Button
            look="primary"
            onClick={() => {
              onClose();
              onDone();
            }}
          >
            {t("common.close")}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t("common.cancel")}</Button>
            <Button
              look="primary"
              disabled={!ready || will === 0}
              busy={work.isPending}
              onClick={() => work.mutate()}
            >
              {t("queue.doIt", { n: will })}
            </Button>
          </>
        )
      }
    >
      {plan.needs && !work.data && <Need plan={plan} text={text} onChange={setText} />}
      {work.isPending && (
        <progress
          className={styles["progress"]}
          max={tickets.length}
          value={answered}
          aria-label={t("queue.progress")}
        />
      )}
      {(preview.error ?? work.error) && (
        <p role="alert" className={styles["refused"]}>
          {words(preview.error ?? work.error)}
        </p>
      )}
      {results && <Results results={results} done={Boolean(work.data)} />}
    </Dialog>
  );
}

function Need({
  plan,
  text,
  onChange,
}: {
  plan: Plan;
  text: string;
  onChange: (text: string) => void;
}) {
  const needs = plan.needs;
  if (!needs) return null;
  return needs.options ? (
    <SelectField
      label={needs.label}
      value={text}
      onChange={(event) => onChange(event.target.value)}
    >
      {needs.options.map((option) => (
        <option key={option.id} value={option.id}>
          {option.name}
        </option>
      ))}
    </SelectField>
  ) : (
    <TextField
      label={needs.label}
      value={text}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** What will become, or became, of each ticket: refused ones first, since somebody has to act. */
function Results({ results, done }: { results: readonly BulkResult[]; done: boolean }): ReactNode {
  const t = useTranslations("queue");
  const rank = (one: BulkResult) => (one.ok ? (one.changed ? 1 : 2) : 0);
  return (
    <ul className={styles["results"]} aria-label={t(done ? "results" : "preview")}>
      {results
        .toSorted((a, b) => rank(a) - rank(b))
        .map((one) => (
          <li key={one.ticket} className={styles["result"]}>
            <span>#{one.number}</span>
            <span className={one.ok ? undefined : styles["refused"]}>
              {one.ok
                ? t(one.changed ? (done ? "changed" : "willChange") : "unchanged")
                : (one.problem?.detail ?? one.problem?.title)}
            </span>
          </li>
        ))}
    </ul>
  );
}
