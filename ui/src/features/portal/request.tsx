import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { FileList, useFiles } from "./files";
import { useKeptText } from "./kept-text";
import { askFor, ownTicket, type OwnEntry, type OwnTicket } from "./own";
import { OwnStatus } from "./own-status";
import styles from "./portal.module.css";
import { Rating } from "./rating";
import { newCommandId } from "@/api/client";
import { useConversation, type Conversing } from "@/api/conversation";
import { useMe } from "@/api/me";
import { ticketKey } from "@/api/tickets";
import { Button } from "@/components/button";
import { Empty } from "@/components/empty";
import { TextArea } from "@/components/field";
import { Html } from "@/components/html";
import { useProblemText } from "@/components/problem-text";
import { useTell } from "@/components/toasts";
import { Waiting } from "@/components/waiting";
import { At, Avatar } from "@/components/words";
import { cx } from "@/lib/class-names";
import { focusPage, isFocusFree } from "@/lib/focus";

const route = getRouteApi("/inside/portal/$number");

/** One ticket of the requester's: what was said, and what they can say now. */
export function RequestPage() {
  const t = useTranslations();
  const words = useProblemText();
  const { number } = route.useParams();
  const found = useQuery(ownTicket(number));
  const conversing = useConversation(number);
  const error = found.error ?? conversing.error;
  return (
    <div className={styles["page"]}>
      <div className={styles["column"]}>
        <Link to="/portal">{t("portal.back")}</Link>
        {error && !found.data ? (
          <Empty icon={TriangleAlert} title={t("portal.failed")}>
            {words(error)}
          </Empty>
        ) : !found.data || !conversing.said ? (
          <Waiting />
        ) : (
          <>
            <header className={styles["head"]}>
              <h1 className={styles["title"]}>{found.data.subject}</h1>
            </header>
            <p className={styles["facts"]}>
              <OwnStatus status={found.data.status} />
              <span>#{number}</span>
              {found.data.opened_at && <At at={found.data.opened_at} />}
            </p>
            <p className={styles["meaning"]} role="status">
              {t(`portal.meaning.${found.data.status}`)}
            </p>
            {conversing.hasEarlier && <Earlier conversing={conversing} />}
            <ol className={styles["conversation"]} aria-label={t("portal.conversation")}>
              {conversing.entries.filter(isShown).map((entry) => (
                <Said key={`${entry.ticket}.${entry.version}`} entry={entry} number={number} />
              ))}
            </ol>
            <Solution ticket={found.data} />
            <Answer ticket={found.data} />
          </>
        )}
      </div>
    </div>
  );
}

function Earlier({ conversing: { isReadingEarlier, readEarlier } }: { conversing: Conversing }) {
  const t = useTranslations("portal");
  const tell = useTell();
  const words = useProblemText();
  useEffect(
    () => () => {
      if (isFocusFree()) focusPage();
    },
    [],
  );
  return (
    <Button
      look="quiet"
      className={styles["earlier"]}
      busy={isReadingEarlier}
      onClick={() =>
        void readEarlier().catch((error: unknown) => tell({ kind: "refused", text: words(error) }))
      }
    >
      {t("earlier")}
    </Button>
  );
}

/** What was said, and the turns that the requester wants to know of. */
const isShown = (entry: OwnEntry) =>
  entry.body !== null ||
  entry.html !== null ||
  entry.event in { "ticket.resolved": 1, "ticket.reopened": 1, "ticket.closed": 1 };

function Said({ entry, number }: { entry: OwnEntry; number: string }) {
  const t = useTranslations("portal");
  const me = useMe();
  const mine = entry.actor_kind === "requester";
  if (entry.body === null && entry.html === null)
    return (
      <li className={styles["event"]}>
        {t(`event.${entry.event.replace("ticket.", "") as "closed"}`)} · <At at={entry.at} />
      </li>
    );
  return (
    <li className={cx(styles["said"], mine && styles["mine"])}>
      <p className={styles["who"]}>
        <Avatar name={mine ? me.name : t("desk")} size={22} />
        <strong>{mine ? me.name : t("desk")}</strong>
        <At at={entry.at} />
      </p>
      {entry.html === null ? (
        <p className={styles["body"]}>{entry.body}</p>
      ) : (
        <Html html={entry.html} className={styles["html"] ?? ""} />
      )}
      {entry.attachments.length > 0 && (
        <ul className={styles["attached"]} aria-label={t("files")}>
          {entry.attachments.map((file) => (
            <li key={file.blob}>
              <a href={`/api/v1/tickets/${number}/attachments/${file.blob}`}>{file.name}</a>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function useAsk(ticket: OwnTicket) {
  const queries = useQueryClient();
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ticketKey(String(ticket.number)) }),
      queries.invalidateQueries({ queryKey: ["tickets", "own"] }),
    ]);
}

/** Did it help? Yes closes, no reopens; afterwards, how was it? */
function Solution({ ticket }: { ticket: OwnTicket }) {
  const t = useTranslations();
  const words = useProblemText();
  const number = String(ticket.number);
  const renew = useAsk(ticket);
  const [refusing, setRefusing] = useState(false);
  const [reason, setReason] = useState("");
  const ask = useMutation({
    mutationFn: (helped: boolean) =>
      askFor(
        number,
        helped ? { name: "close", fields: null } : { name: "reopen", fields: { reason } },
      ),
    onSuccess: () => {
      setRefusing(false);
      setReason("");
      return renew();
    },
  });
  const resolved = ticket.status === "resolved";
  const may = (name: string) => ticket.allowed_commands.includes(name);
  if (!resolved && ticket.status !== "closed") return null;
  return (
    <section className={styles["solution"]} aria-label={t("portal.solution")}>
      {resolved && !refusing && (
        <>
          <h2>{t("portal.helped")}</h2>
          <div className={styles["buttons"]}>
            <Button
              look="primary"
              busy={ask.isPending}
              disabled={!may("close")}
              onClick={() => ask.mutate(true)}
            >
              {t("portal.yes")}
            </Button>
            <Button disabled={!may("reopen")} onClick={() => setRefusing(true)}>
              {t("portal.no")}
            </Button>
          </div>
        </>
      )}
      {refusing && (
        <form
          className={styles["form"]}
          onSubmit={(event) => {
            event.preventDefault();
            ask.mutate(false);
          }}
        >
          <TextArea
            label={t("portal.why")}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            required
          />
          <div className={styles["buttons"]}>
            <Button type="submit" look="primary" busy={ask.isPending}>
              {t("portal.reopen")}
            </Button>
            <Button onClick={() => setRefusing(false)}>{t("common.cancel")}</Button>
          </div>
        </form>
      )}
      {ask.error && (
        <p role="alert" className={styles["refused"]}>
          {words(ask.error)}
        </p>
      )}
      {may("rate") && <Rating ticket={ticket} onDone={renew} />}
    </section>
  );
}

/** Write to the desk; after the end, that opens a new ticket which refers to this one. */
function Answer({ ticket }: { ticket: OwnTicket }) {
  const t = useTranslations();
  const words = useProblemText();
  const number = String(ticket.number);
  const renew = useAsk(ticket);
  const [body, setBody, forget] = useKeptText(`answer.${number}`);
  const files = useFiles();
  const [id, setId] = useState(newCommandId);
  const send = useMutation({
    mutationFn: () =>
      askFor(
        number,
        {
          name: "receive_message",
          fields: { body, attachments: files.attachments, channel: "web" },
        },
        id,
      ),
    onSuccess: () => {
      forget();
      files.clear();
      setId(newCommandId());
      return renew();
    },
  });
  if (!ticket.allowed_commands.includes("receive_message")) return null;
  return (
    <form
      className={styles["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
      onPaste={(event) => files.add(event.clipboardData.files)}
    >
      <TextArea
        label={t(ticket.status === "closed" ? "portal.followUp" : "portal.answer")}
        value={body}
        rows={5}
        onChange={(event) => setBody(event.target.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing || event.key !== "Enter") return;
          if (event.ctrlKey || event.metaKey) event.currentTarget.form?.requestSubmit();
        }}
        required
      />
      <FileList held={files} />
      {send.error && (
        <p role="alert" className={styles["refused"]}>
          {words(send.error)}
        </p>
      )}
      <div>
        <Button type="submit" look="primary" busy={send.isPending || files.isUploading}>
          {t("portal.send")}
        </Button>
      </div>
    </form>
  );
}
