import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import styles from "./settings.module.css";
import { api, data } from "@/api/client";
import { Button } from "@/components/button";
import { useProblemText } from "@/components/problem-text";
import { useTell } from "@/components/toasts";
import { Waiting } from "@/components/waiting";
import { Ago, At } from "@/components/words";

const sessions = queryOptions({
  queryKey: ["sessions"],
  queryFn: ({ signal }) => data(api.GET("/api/v1/sessions", { signal })),
});

/** Where one is signed in, and the way out of there. */
export function OwnSessions() {
  const t = useTranslations("settings");
  const tell = useTell();
  const words = useProblemText();
  const queries = useQueryClient();
  const found = useQuery(sessions);
  const told = {
    onSuccess: () => {
      tell({ text: t("ended") });
      return queries.invalidateQueries({ queryKey: sessions.queryKey });
    },
    onError: (error: Error) => tell({ text: words(error), kind: "refused" }),
  };
  const end = useMutation({
    mutationFn: (session: string) =>
      data(api.DELETE("/api/v1/sessions/{session}", { params: { path: { session } } })),
    ...told,
  });
  const endOthers = useMutation({
    mutationFn: () => data(api.DELETE("/api/v1/sessions", { params: { query: { others: true } } })),
    ...told,
  });
  if (!found.data) return <Waiting lines={3} />;
  const { items } = found.data;
  return (
    <>
      <header className={styles["head"]}>
        <h2>{t("sessions")}</h2>
        {items.length > 1 && (
          <Button busy={endOthers.isPending} onClick={() => endOthers.mutate()}>
            {t("endOthers")}
          </Button>
        )}
      </header>
      <ul className={styles["list"]}>
        {items.map((one) => (
          <li key={one.id} className={styles["line"]}>
            <span className={styles["name"]}>
              {one.label} {one.current && <em>{t("thisOne")}</em>}
              <small>
                {t("since")} <At at={one.created_at} />
                {one.last_used_at && (
                  <>
                    {" · "}
                    {t("lastUsed")} <Ago at={one.last_used_at} />
                  </>
                )}
              </small>
            </span>
            {!one.current && (
              <Button onClick={() => end.mutate(one.id)} busy={end.isPending}>
                {t("end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
