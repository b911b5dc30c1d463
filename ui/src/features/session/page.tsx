import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { SignInForm } from "./form";
import { useSignInWords } from "./problem-words";
import styles from "./session.module.css";
import { ways } from "./sign-in";
import { Button } from "@/components/button";
import { useLocaleChoice } from "@/i18n/intl";

const route = getRouteApi("/sign-in");

/** Where everybody begins. */
export function SignInPage() {
  const t = useTranslations("session");
  const words = useSignInWords();
  const { to = "/", problem } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  const { locale, choose } = useLocaleChoice();
  const offered = useQuery(ways).data;
  const enter = () => {
    queries.clear();
    router.history.push(to);
  };
  return (
    <main className={styles["page"]}>
      <div className={styles["card"]}>
        <header className={styles["head"]}>
          <img src="/favicon.ico" alt="" width={44} height={44} />
          <h1 className={styles["title"]}>{t("title")}</h1>
        </header>
        {problem !== undefined && (
          <p role="alert" className={styles["refused"]}>
            {words(problem) ?? t("problem.other")}
          </p>
        )}
        {(offered?.password ?? true) && <SignInForm onDone={enter} />}
        {offered && offered.providers.length > 0 && (
          <>
            <div className={styles["or"]}>{t("or")}</div>
            {offered.providers.map((provider) => (
              <Button
                key={provider.id}
                onClick={() =>
                  location.assign(`${provider.start}?return_to=${encodeURIComponent(to)}`)
                }
              >
                {t("with", { name: provider.name })}
              </Button>
            ))}
          </>
        )}
        <div className={styles["languages"]}>
          <Button look="quiet" onClick={() => choose(locale === "en" ? "ko" : "en")}>
            {locale === "en" ? "한국어" : "English"}
          </Button>
        </div>
      </div>
    </main>
  );
}
