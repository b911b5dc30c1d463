import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { askFor, type OwnTicket } from "./own";
import styles from "./portal.module.css";
import { Button } from "@/components/button";
import { TextField } from "@/components/field";
import { useProblemText } from "@/components/problem-text";
import { useTell } from "@/components/toasts";

const SCORES = [1, 2, 3, 4, 5] as const;
const FACES = ["😞", "🙁", "😐", "🙂", "😀"] as const;

/** How content somebody is, from 1 to 5, with a word about it. It can be changed. */
export function Rating({ ticket, onDone }: { ticket: OwnTicket; onDone: () => Promise<unknown> }) {
  const t = useTranslations("portal");
  const tell = useTell();
  const words = useProblemText();
  const [score, setScore] = useState<number | null>(ticket.satisfaction);
  const [comment, setComment] = useState("");
  const rate = useMutation({
    mutationFn: () =>
      askFor(String(ticket.number), { name: "rate", fields: { score: score ?? 0, comment } }),
    onSuccess: () => {
      tell({ text: t("thanks") });
      return onDone();
    },
  });
  return (
    <form
      className={styles["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        rate.mutate();
      }}
    >
      <fieldset className={styles["scores"]}>
        <legend>{t("howWasIt")}</legend>
        {SCORES.map((one, n) => (
          <label key={one} className={styles["score"]}>
            <input
              type="radio"
              name="score"
              value={one}
              checked={score === one}
              onChange={() => setScore(one)}
              required
            />
            <span aria-hidden="true">{FACES[n]}</span>
            <span className="visually-hidden">{t(`score.${one}`)}</span>
          </label>
        ))}
      </fieldset>
      {score !== null && (
        <TextField
          label={t("comment")}
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
      )}
      {rate.error && (
        <p role="alert" className={styles["refused"]}>
          {words(rate.error)}
        </p>
      )}
      {score !== null && (
        <div>
          <Button type="submit" busy={rate.isPending}>
            {t("rate")}
          </Button>
        </div>
      )}
    </form>
  );
}
