import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import styles from "./settings.module.css";
import { api, data } from "@/api/client";
import type { Role } from "@/api/me";
import { Button } from "@/components/button";
import { SelectField, TextField } from "@/components/field";
import { useProblemText } from "@/components/problem-text";
import { useTell } from "@/components/toasts";
import { Waiting } from "@/components/waiting";
import { Ago, At } from "@/components/words";

const tokens = queryOptions({
  queryKey: ["tokens"],
  queryFn: ({ signal }) => data(api.GET("/api/v1/tokens", { signal })),
});

const ROLES: readonly Role[] = ["agent", "lead", "auditor", "analyst", "admin"];

/** Tokens that programs show; each is seen once, when it is made. */
export function MachineTokens() {
  const t = useTranslations();
  const tell = useTell();
  const words = useProblemText();
  const queries = useQueryClient();
  const found = useQuery(tokens);
  const [label, setLabel] = useState("");
  const [role, setRole] = useState<Role>("agent");
  const renew = () => queries.invalidateQueries({ queryKey: tokens.queryKey });
  const refuse = (error: Error) => tell({ text: words(error), kind: "refused" });
  const make = useMutation({
    mutationFn: () => {
      const person =
        label
          .trim()
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, "-") || "program";
      return data(api.POST("/api/v1/tokens", { body: { person, role, name: label, label } }));
    },
    onSuccess: () => {
      setLabel("");
      return renew();
    },
    onError: refuse,
  });
  const revoke = useMutation({
    mutationFn: (token: string) =>
      data(api.DELETE("/api/v1/tokens/{token}", { params: { path: { token } } })),
    onSuccess: renew,
    onError: refuse,
  });
  if (!found.data) return <Waiting lines={3} />;
  const machines = found.data.items.filter((one) => one.kind === "machine" && !one.revoked_at);
  return (
    <>
      <header className={styles["head"]}>
        <h2>{t("settings.tab.tokens")}</h2>
      </header>
      <form
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <div className={styles["pair"]}>
          <TextField
            label={t("settings.tokenFor")}
            value={label}
            onChange={(event) => setLabel(event.target.value)}
            required
          />
          <SelectField
            label={t("settings.role")}
            value={role}
            onChange={(event) => setRole(event.target.value as Role)}
          >
            {ROLES.map((one) => (
              <option key={one} value={one}>
                {t(`role.${one}`)}
              </option>
            ))}
          </SelectField>
        </div>
        <div>
          <Button type="submit" look="primary" busy={make.isPending}>
            {t("settings.makeToken")}
          </Button>
        </div>
      </form>
      {make.data && (
        <p className={styles["secret"]} role="status">
          {t("settings.shownOnce")} <code>{make.data.token}</code>
        </p>
      )}
      <ul className={styles["list"]}>
        {machines.map((one) => (
          <li key={one.id} className={styles["line"]}>
            <span className={styles["name"]}>
              {one.label}
              <small>
                {one.person} · {t(`role.${one.role}`)} · {t("settings.since")}{" "}
                <At at={one.created_at} />
                {one.last_used_at && (
                  <>
                    {" · "}
                    {t("settings.lastUsed")} <Ago at={one.last_used_at} />
                  </>
                )}
              </small>
            </span>
            <Button look="danger" onClick={() => revoke.mutate(one.id)}>
              {t("settings.revoke")}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
