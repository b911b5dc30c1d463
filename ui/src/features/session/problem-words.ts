/** What a refused sign-in means, in the reader's words. */
import { useTranslations } from "use-intl";

const KNOWN = [
  "sign-in-expired",
  "provider-away",
  "provider-refused",
  "identity-refused",
  "no-role",
  "no-email",
  "not-registered",
  "account-ended",
  "password-off",
  "other-site",
  "wrong-password",
] as const;

type Known = (typeof KNOWN)[number];

/** A sentence for the code of a problem with signing in; null for one that is not about that. */
export function useSignInWords(): (code: string) => string | null {
  const t = useTranslations("session.problem");
  return (code) => (KNOWN.includes(code as Known) ? t(code as Known) : null);
}
