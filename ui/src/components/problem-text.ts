/** Errors in the reader's words. */
import { useCallback } from "react";
import { useTranslations } from "use-intl";
import { ProblemError, UnreachableError } from "@/api/problems";

/** A sentence for an error. What the API says in detail is part of it where it helps. */
export function useProblemText(): (error: unknown) => string {
  const t = useTranslations("problem");
  return useCallback(
    (error) => {
      if (error instanceof UnreachableError) return t("offline");
      if (!(error instanceof ProblemError)) return t("unexpected", { id: "-" });
      switch (error.status) {
        case 403:
          return t("forbidden");
        case 404:
          return t("gone");
        case 409:
        case 412:
          return t("conflict");
        case 429:
          return t("tooMany", { seconds: error.retryAfter ?? 1 });
        case 503:
          return t("unavailable");
        default:
          return error.status >= 500
            ? t("unexpected", { id: error.problem.request_id })
            : error.message || t("invalid");
      }
    },
    [t],
  );
}
