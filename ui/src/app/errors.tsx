import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { Link, useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { Compass, TriangleAlert } from "lucide-react";
import { useTranslations } from "use-intl";
import { ProblemError, UnreachableError } from "@/api/problems";
import { Button } from "@/components/button";
import { Empty } from "@/components/empty";

/** An address that leads nowhere. */
export function NotFound() {
  const t = useTranslations("shell");
  return (
    <main style={{ display: "grid", minHeight: "100%" }}>
      <Empty icon={Compass} title={t("notFound")} action={<Link to="/">{t("backHome")}</Link>}>
        {t("notFoundText")}
      </Empty>
    </main>
  );
}

/** A page that failed: say it, keep the rest alive, offer another try. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const t = useTranslations();
  const router = useRouter();
  const queries = useQueryErrorResetBoundary();
  const again = () => {
    queries.reset();
    reset();
    void router.invalidate();
  };
  const id = error instanceof ProblemError ? error.problem.request_id : "-";
  return (
    <main style={{ display: "grid", minHeight: "100%" }}>
      <Empty
        icon={TriangleAlert}
        title={t("shell.broken")}
        action={<Button onClick={again}>{t("common.retry")}</Button>}
      >
        {error instanceof UnreachableError ? t("problem.offline") : t("shell.brokenText", { id })}
      </Empty>
    </main>
  );
}
