/** Sending what was written: once per intention, and not past somebody else's words. */
import { useRef, useState } from "react";
import { useTranslations } from "use-intl";
import type { Collision } from "../ask";
import { useTicket } from "../context";
import { newCommandId } from "@/api/client";
import { command, meanwhile } from "@/api/commands";
import type { Draft } from "@/api/drafts";
import { useProblemText } from "@/components/problem-text";
import { useTell } from "@/components/toasts";

/** What goes along with the next status. `wakeAt` as the browser's field for it says it, local. */
export interface Extras {
  reason: string;
  wakeAt: string;
  code: string;
}

interface Sent {
  draft: Draft;
  extras: Extras;
  /** The version on which it was written. */
  seen: number;
  onSent: () => void;
  onCollision: (version: number) => void;
}

export function useSend({ draft, extras, seen, onSent, onCollision }: Sent) {
  const t = useTranslations("ticket.compose");
  const { ticket, taken } = useTicket();
  const tell = useTell();
  const words = useProblemText();
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState(false);
  const [collision, setCollision] = useState<Collision | null>(null);
  const intention = useRef({ id: "", of: "" });

  const ask = (version: number) => {
    const of = JSON.stringify([draft, extras, version]);
    if (intention.current.of !== of) intention.current = { id: newCommandId(), of };
    const { id } = intention.current;
    const files = { format: "text" as const, attachments: draft.attachments };
    return draft.kind === "note"
      ? command(
          ticket.id,
          "add_note",
          { body: draft.body, ...files, mentions: draft.mentions },
          { id },
        )
      : command(
          ticket.id,
          "reply",
          { body: draft.body, ...files, ...following(draft, extras) },
          { id, seen: version },
        );
  };

  const send = async (version: number) => {
    setCollision(null);
    setBusy(true);
    try {
      const answer = await ask(version);
      onSent();
      taken(answer, t(draft.kind === "note" ? "noted" : "sent"));
    } catch (error) {
      const between = meanwhile(error);
      if (between) {
        onCollision(between.version);
        setCollision({ ...between, what: t("reply"), goOn: () => void send(between.version) });
      } else tell({ kind: "refused", text: words(error) });
    } finally {
      setBusy(false);
    }
  };

  return {
    busy,
    missing,
    collision,
    leave: () => setCollision(null),
    send: () => {
      const lacks =
        draft.kind === "reply" && draft.next_status === "on_hold" && !extras.reason.trim();
      setMissing(lacks);
      if (!lacks && !busy) void send(seen);
    },
  };
}

function following({ next_status }: Draft, { reason, wakeAt, code }: Extras) {
  if (next_status === null) return {};
  if (next_status === "resolved") return { next_status, code: code.trim() || "answered" };
  return {
    next_status,
    ...(reason.trim() && { reason: reason.trim() }),
    ...(wakeAt && next_status !== "open" && { wake_at: new Date(wakeAt).toISOString() }),
  };
}
