import { useMutation } from "@tanstack/react-query";
import { Eye, EyeOff } from "lucide-react";
import { useState, type SubmitEvent } from "react";
import { useTranslations } from "use-intl";
import { useSignInWords } from "./problem-words";
import styles from "./session.module.css";
import { signIn } from "./sign-in";
import { ProblemError } from "@/api/problems";
import { Button } from "@/components/button";
import { TextField } from "@/components/field";
import { useProblemText } from "@/components/problem-text";

/** E-mail and password. What is refused is said, and what was typed stays. */
export function SignInForm({ onDone }: { onDone: () => void }) {
  const t = useTranslations("session");
  const words = useProblemText();
  const signInWords = useSignInWords();
  const [shown, setShown] = useState(false);
  const asked = useMutation({
    mutationFn: (given: { email: string; password: string }) => signIn(given.email, given.password),
    onSuccess: onDone,
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => form.get(name) as string;
    asked.mutate({ email: text("email"), password: text("password") });
  };
  const locked = asked.error instanceof ProblemError && asked.error.status === 429;
  const code = asked.error instanceof ProblemError ? asked.error.code : "";
  const seconds = locked ? ((asked.error as ProblemError).retryAfter ?? 1) : 0;
  return (
    <form className={styles["form"]} onSubmit={submit}>
      <TextField
        label={t("email")}
        name="email"
        type="email"
        autoComplete="username"
        required
        // eslint-disable-next-line jsx-a11y/no-autofocus -- the page has this one purpose
        autoFocus
      />
      <div className={styles["password"]}>
        <TextField
          label={t("password")}
          name="password"
          type={shown ? "text" : "password"}
          autoComplete="current-password"
          required
        />
        <Button
          look="quiet"
          icon={shown ? EyeOff : Eye}
          aria-label={t(shown ? "hidePassword" : "showPassword")}
          onClick={() => setShown(!shown)}
        />
      </div>
      {asked.error && (
        <p role="alert" className={styles["refused"]}>
          {locked ? t("locked", { seconds }) : (signInWords(code) ?? words(asked.error))}
        </p>
      )}
      <Button type="submit" look="primary" busy={asked.isPending}>
        {t("signIn")}
      </Button>
    </form>
  );
}
