/** Errors in the reader's words. */
import { useCallback } from "react";
import { useLocale, useTranslations } from "use-intl";
import { useFileSize } from "./file-size";
import { ProblemError, UnreachableError } from "@/api/problems";

/** Refusals (409) that somebody else's change is the reason for; others name their rule themselves. */
const OVERTAKEN = new Set([
  "ticket-changed",
  "draft-changed",
  "selection-changed",
  "too-much-contention",
]);

/** A sentence for an error. What the API says in detail is part of it where it helps. */
export function useProblemText(): (error: unknown) => string {
  const t = useTranslations("problem");
  const detailed = useDetailed();
  const size = useFileSize();
  return useCallback(
    (error) => {
      if (error instanceof UnreachableError) return t("offline");
      if (!(error instanceof ProblemError)) return t("unexpected", { id: "-" });
      const { code, status, problem, retryAfter } = error;
      if (OVERTAKEN.has(code)) return t("conflict");
      switch (code) {
        case "not-allowed":
          return t("notAllowed");
        case "too-large":
          return t("tooLarge", { limit: size(Number(problem["limit"])) });
        case "file-refused":
          return t("fileRefused", { kind: String(problem["media_type"]) });
        case "file-mismatch":
          return t("fileMismatch", {
            claimed: String(problem["claimed"]),
            kind: String(problem["media_type"]),
          });
      }
      switch (status) {
        case 403:
          return t("forbidden");
        case 404:
          return t("gone");
        case 412:
          return t("conflict");
        case 429:
          return t("tooMany", { seconds: retryAfter ?? 1 });
        case 503:
          return t(error.code === "view-being-built" ? "beingBuilt" : "unavailable");
        default:
          return status >= 500 ? t("unexpected", { id: problem.request_id }) : detailed(error);
      }
    },
    [t, size, detailed],
  );
}

/**
 * A refusal of which only the API knows the details. It speaks English: readers of another language
 * get what kind of refusal it is and which fields it is about in theirs, and its words behind that.
 */
function useDetailed(): (error: ProblemError) => string {
  const t = useTranslations("problem");
  const words = useTranslations();
  const english = useLocale() === "en";
  return useCallback(
    ({ code, message, problem }) => {
      if (english) return message || t("invalid");
      const label = (field: string) => {
        const name = field.split(/[.[]/).at(0) ?? "";
        const known = `ticket.${name}` as "ticket.subject";
        return words.has(known) && typeof words.raw(known) === "string" ? words(known) : field;
      };
      const fields = [...new Set((problem.errors ?? []).map(({ field }) => field).filter(Boolean))];
      const kind = `of.${code}` as "of.refused";
      const said =
        fields.length > 0
          ? t("invalidFields", { fields: fields.map(label).join(", ") })
          : t.has(kind)
            ? t(kind)
            : t("invalid");
      return message ? `${said} (${message})` : said;
    },
    [english, t, words],
  );
}
