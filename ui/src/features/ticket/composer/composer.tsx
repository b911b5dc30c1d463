/** Where replies and notes are written and sent. */
import { useQueryClient } from "@tanstack/react-query";
import { BookText, Paperclip, Trash2 } from "lucide-react";
import { useCallback, useEffect, useImperativeHandle, useRef, useState, type Ref } from "react";
import { useTranslations } from "use-intl";
import { Collided } from "../collided";
import { useTicket } from "../context";
import { rendered } from "./canned";
import { CannedDialog } from "./canned-dialog";
import styles from "./composer.module.css";
import { isEmpty } from "./draft";
import { Files } from "./files";
import { More } from "./more";
import { useSend, type Extras } from "./send";
import { Sending } from "./sending";
import { Since } from "./since";
import { mentioned, newSince } from "./text";
import { useUploads } from "./uploads";
import { useDraft } from "./use-draft";
import { Writing, type WritingHandle } from "./writing";
import type { Attachment } from "@/api/blobs";
import type { Entry } from "@/api/conversation";
import type { Draft } from "@/api/drafts";
import { agents } from "@/api/people";
import { Button } from "@/components/button";
import { useProblemText } from "@/components/problem-text";
import { useTell } from "@/components/toasts";
import { Ago } from "@/components/words";
import { cx } from "@/lib/class-names";

export interface ComposerHandle {
  write: (kind: Draft["kind"]) => void;
}

interface ComposerProps {
  ref?: Ref<ComposerHandle>;
  requesterName: string;
  entries: readonly Entry[];
  onTyping: () => void;
}

export function Composer({ ref, requesterName, entries, onTyping }: ComposerProps) {
  const t = useTranslations("ticket.compose");
  const { ticket, me, may } = useTicket();
  const queries = useQueryClient();
  const tell = useTell();
  const words = useProblemText();
  const writing = useRef<WritingHandle>(null);
  const picker = useRef<HTMLInputElement>(null);
  const kept = useDraft(me.person, ticket.id);
  const { draft, change } = kept;
  const kind = draft.kind === "reply" && !may("reply") && may("add_note") ? "note" : draft.kind;
  const [extras, setExtras] = useState<Extras>({ reason: "", wakeAt: "", code: "answered" });
  const [canned, setCanned] = useState(false);
  const [over, setOver] = useState(false);

  const attachments = useRef(draft.attachments);
  useEffect(() => {
    attachments.current = draft.attachments;
  }, [draft.attachments]);
  const write = useCallback(
    (patch: Partial<Draft>) => change(patch, ticket.version),
    [change, ticket.version],
  );
  const add = useCallback(
    (file: Attachment) => {
      attachments.current = [...attachments.current, file];
      write({ attachments: attachments.current });
    },
    [write],
  );
  const { running, begin } = useUploads(add);
  const since = newSince(entries, ticket.id, kept.base, me.person, isEmpty(draft));
  const sender = useSend({
    draft: { ...draft, kind, mentions: mentioned(draft, queries.getQueryData(agents.queryKey)) },
    extras,
    seen: since.length > 0 ? (kept.base ?? ticket.version) : ticket.version,
    onSent: () => {
      kept.clear();
      setExtras({ reason: "", wakeAt: "", code: "answered" });
    },
    onCollision: kept.rebase,
  });
  const send = () => {
    if (running.length > 0) tell({ kind: "refused", text: t("waitUpload") });
    else if (draft.body.trim() === "") tell({ kind: "refused", text: t("writeFirst") });
    else sender.send();
  };
  const insert = async (id: string) => {
    setCanned(false);
    try {
      const text = await rendered(id, ticket.id);
      writing.current?.insert(text);
    } catch (error) {
      tell({ kind: "refused", text: words(error) });
    }
  };
  useImperativeHandle(ref, () => ({
    write: (wanted) => {
      write({ kind: wanted });
      requestAnimationFrame(() => writing.current?.focus());
    },
  }));

  if (!may("reply") && !may("add_note")) return null;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- files come by a button as well
    <section
      className={cx(
        styles["composer"],
        kind === "note" && styles["asNote"],
        over && styles["over"],
      )}
      aria-label={t(kind)}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        begin(event.dataTransfer.files);
      }}
    >
      {over && <div className={styles["drop"]}>{t("drop")}</div>}
      {kept.other && (
        <div className={styles["notice"]} role="alert">
          <span>
            {t.rich("otherDraft", { when: () => <Ago at={kept.other?.updated_at ?? ""} /> })}
          </span>
          <q className={styles["excerpt"]}>{kept.other.body.slice(0, 160)}</q>
          <Button onClick={kept.takeOther}>{t("takeOther")}</Button>
          <Button look="quiet" onClick={kept.keepMine}>
            {t("keepMine")}
          </Button>
        </div>
      )}
      {since.length > 0 && kind === "reply" && (
        <Since entries={since} onSeen={() => kept.rebase(ticket.version)} />
      )}
      <div className={styles["tabs"]} role="group" aria-label={t("kind")}>
        {(["reply", "note"] as const).map((one) => (
          <button
            key={one}
            type="button"
            className={styles["tab"]}
            aria-pressed={kind === one}
            disabled={!may(one === "reply" ? "reply" : "add_note")}
            onClick={() => {
              write({ kind: one });
              writing.current?.focus();
            }}
          >
            {t(one)}
          </button>
        ))}
        <span className={styles["saved"]} aria-live="off">
          {kept.saved === "saved"
            ? t("saved")
            : kept.saved === "saving"
              ? t("saving")
              : kept.saved === "here"
                ? t("savedHere")
                : ""}
        </span>
      </div>
      <Writing
        ref={writing}
        value={draft.body}
        label={kind === "note" ? t("note") : t("replyTo", { name: requesterName })}
        placeholder={t(kind === "note" ? "notePlaceholder" : "replyPlaceholder")}
        mentions={kind === "note"}
        onChange={(body) => {
          write({ body });
          onTyping();
        }}
        onMention={(agent) => write({ mentions: [...new Set([...draft.mentions, agent])] })}
        onCanned={(id) => void insert(id)}
        onSend={send}
        onFiles={begin}
      />
      <Files
        files={draft.attachments}
        running={running}
        onRemove={(n) => write({ attachments: draft.attachments.filter((_, at) => at !== n) })}
      />
      {kind === "reply" && draft.next_status && (
        <More
          next={draft.next_status}
          extras={extras}
          onChange={setExtras}
          missing={sender.missing}
        />
      )}
      <div className={styles["foot"]}>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            begin(event.currentTarget.files ?? []);
            event.currentTarget.value = "";
          }}
        />
        <Button
          look="quiet"
          icon={Paperclip}
          aria-label={t("attach")}
          title={t("attach")}
          onClick={() => picker.current?.click()}
        />
        <Button
          look="quiet"
          icon={BookText}
          aria-label={t("canned")}
          title={t("canned")}
          onClick={() => setCanned(true)}
        />
        {!isEmpty(draft) && (
          <Button
            look="quiet"
            icon={Trash2}
            aria-label={t("discard")}
            title={t("discard")}
            onClick={() => {
              kept.clear();
              writing.current?.focus();
            }}
          />
        )}
        <Sending
          kind={kind}
          next={draft.next_status}
          onNext={(next_status) => write({ next_status })}
          onSend={send}
          busy={sender.busy}
        />
      </div>
      <CannedDialog
        open={canned}
        onClose={() => setCanned(false)}
        onPick={(id) => void insert(id)}
      />
      <Collided
        collision={sender.collision}
        mine={draft.body}
        onEdit={() => {
          sender.leave();
          writing.current?.focus();
        }}
      />
    </section>
  );
}
