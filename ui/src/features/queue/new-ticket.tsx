/** Opening a ticket on somebody's behalf. */
import * as Ariakit from "@ariakit/react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";
import { useTranslations } from "use-intl";
import styles from "./new-ticket.module.css";
import { api, data, newCommandId } from "@/api/client";
import { persistently } from "@/api/commands";
import { queues, type Requester } from "@/api/people";
import { ProblemError } from "@/api/problems";
import type { Priority } from "@/api/tickets";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { SelectField, TextArea, TextField } from "@/components/field";
import { useProblemText } from "@/components/problem-text";

const PRIORITIES: readonly Priority[] = ["urgent", "high", "normal", "low"];

interface Draft {
  requester: Requester | null;
  newcomer: string;
  email: string;
  subject: string;
  description: string;
  queue: string;
  priority: Priority;
}

const EMPTY: Draft = {
  requester: null,
  newcomer: "",
  email: "",
  subject: "",
  description: "",
  queue: "",
  priority: "normal",
};

export function NewTicket({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations();
  const router = useRouter();
  const words = useProblemText();
  const places = useQuery(queues).data ?? [];
  // It stays while the page does: who closes it by mistake finds everything as it was.
  const [draft, setDraft] = useState(EMPTY);
  const [ids, setIds] = useState(() => ({ ticket: newCommandId(), person: newCommandId() }));
  const change = (changed: Partial<Draft>) => setDraft((before) => ({ ...before, ...changed }));
  const save = useMutation({
    mutationFn: () => openTicket(draft, ids),
    onSuccess: (number) => {
      setDraft(EMPTY);
      setIds({ ticket: newCommandId(), person: newCommandId() });
      onClose();
      void router.navigate({ to: "/tickets/$ticket", params: { ticket: String(number) } });
    },
  });
  const faults = save.error instanceof ProblemError ? (save.error.problem.errors ?? []) : [];
  const fault = (field: string) => faults.find((one) => one.field === field)?.message;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t("queue.newTicket")}
      size="medium"
      foot={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" form="new-ticket" look="primary" busy={save.isPending}>
            {t("queue.openTicket")}
          </Button>
        </>
      }
    >
      <form
        id="new-ticket"
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <RequesterField draft={draft} onChange={change} />
        <TextField
          label={t("queue.column.subject")}
          value={draft.subject}
          onChange={(event) => change({ subject: event.target.value })}
          required
          maxLength={500}
          error={fault("subject")}
        />
        <TextArea
          label={t("queue.description")}
          value={draft.description}
          onChange={(event) => change({ description: event.target.value })}
          rows={6}
          error={fault("description")}
        />
        <div className={styles["pair"]}>
          <SelectField
            label={t("queue.column.queue")}
            value={draft.queue}
            onChange={(event) => change({ queue: event.target.value })}
          >
            <option value="">{t("queue.withoutQueue")}</option>
            {places
              .filter((one) => !one.retired)
              .map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
          </SelectField>
          <SelectField
            label={t("queue.column.priority")}
            value={draft.priority}
            onChange={(event) => change({ priority: event.target.value as Priority })}
          >
            {PRIORITIES.map((priority) => (
              <option key={priority} value={priority}>
                {t(`priority.${priority}`)}
              </option>
            ))}
          </SelectField>
        </div>
        {save.error && (
          <p role="alert" className={styles["refused"]}>
            {words(save.error)}
          </p>
        )}
      </form>
    </Dialog>
  );
}

/** Registers the requester if they are new, then opens the ticket; gives its number. */
async function openTicket(draft: Draft, ids: { ticket: string; person: string }): Promise<number> {
  let requester = draft.requester?.id;
  if (!requester) {
    await persistently(() =>
      data(
        api.POST("/api/v1/requesters", {
          params: { header: { "Idempotency-Key": ids.person } },
          body: {
            requester: ids.person,
            display_name: draft.newcomer,
            emails: draft.email ? [draft.email] : [],
            phones: [],
            vip: false,
          },
        }),
      ),
    );
    requester = ids.person;
  }
  const from = requester;
  const opened = await persistently(() =>
    data(
      api.POST("/api/v1/tickets", {
        params: { header: { "Idempotency-Key": ids.ticket } },
        body: {
          requester: from,
          subject: draft.subject,
          description: draft.description,
          priority: draft.priority,
          ...(draft.queue ? { queue: draft.queue } : {}),
        },
      }),
    ),
  );
  return opened.ticket.number;
}

interface RequesterFieldProps {
  draft: Draft;
  onChange: (changed: Partial<Draft>) => void;
}

/** Somebody the desk knows, found by name or address, or somebody new. */
function RequesterField({ draft, onChange }: RequesterFieldProps) {
  const t = useTranslations("queue");
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ["requester", "search", search],
    queryFn: ({ signal }) =>
      data(api.GET("/api/v1/requesters", { params: { query: { search, limit: 8 } }, signal })),
    enabled: search.length > 0,
    placeholderData: (before) => before,
  });
  const people = search ? (found.data?.items ?? []) : [];
  if (draft.requester)
    return (
      <p className={styles["chosen"]}>
        <span>
          <span className={styles["label"]}>{t("column.requester")}</span> {draft.requester.name}{" "}
          {draft.requester.emails[0]}
        </span>
        <Button look="quiet" onClick={() => onChange({ requester: null })}>
          {t("change")}
        </Button>
      </p>
    );
  return (
    <>
      <Ariakit.ComboboxProvider inputValue={typed} setInputValue={setTyped}>
        <div className={styles["combobox"]}>
          <Ariakit.ComboboxLabel className={styles["label"]}>
            {t("column.requester")}
          </Ariakit.ComboboxLabel>
          <Ariakit.Combobox className={styles["input"]} placeholder={t("findRequester")} />
        </div>
        <Ariakit.ComboboxPopover sameWidth gutter={4} portal className={styles["popover"]}>
          {people.map((person) => (
            <Ariakit.ComboboxItem
              key={person.id}
              value={person.name}
              className={styles["option"]}
              onClick={() => onChange({ requester: person })}
            >
              {person.name} <small>{person.emails[0]}</small>
            </Ariakit.ComboboxItem>
          ))}
          {search && (
            <Ariakit.ComboboxItem
              className={styles["option"]}
              setValueOnClick={false}
              onClick={() => onChange({ newcomer: search })}
            >
              {t("newRequester", { name: search })}
            </Ariakit.ComboboxItem>
          )}
        </Ariakit.ComboboxPopover>
      </Ariakit.ComboboxProvider>
      {draft.newcomer && (
        <div className={styles["pair"]}>
          <TextField
            label={t("requesterName")}
            value={draft.newcomer}
            onChange={(event) => onChange({ newcomer: event.target.value })}
            required
          />
          <TextField
            label={t("requesterEmail")}
            type="email"
            value={draft.email}
            onChange={(event) => onChange({ email: event.target.value })}
          />
        </div>
      )}
    </>
  );
}
