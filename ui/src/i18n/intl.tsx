/** Words in the reader's language: catalogues, the choice of one, dates and numbers by locale. */
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from "react";
import { IntlProvider } from "use-intl";
import en from "./en.json";
import ko from "./ko.json";

export const LOCALES = ["en", "ko"] as const;
export type Locale = (typeof LOCALES)[number];

declare module "use-intl" {
  interface AppConfig {
    Locale: Locale;
    Messages: typeof en;
  }
}

const CATALOGUES: Record<Locale, typeof en> = { en, ko };
const KEPT = "chronodesk.locale";

interface Choice {
  locale: Locale;
  choose: (locale: Locale) => void;
}

const LocaleContext = createContext<Choice | null>(null);

/** The language that was chosen here, else the first of the browser's that we speak. */
function usual(): Locale {
  const kept = localStorage.getItem(KEPT);
  const wanted = [kept, ...navigator.languages].map((tag) => tag?.slice(0, 2));
  return LOCALES.find((locale) => locale === wanted.find((tag) => isLocale(tag))) ?? "en";
}

function isLocale(tag: string | undefined): tag is Locale {
  return (LOCALES as readonly (string | undefined)[]).includes(tag);
}

export function Intl({ children, locale: fixed }: { children: ReactNode; locale?: Locale }) {
  const [locale, setLocale] = useState<Locale>(() => fixed ?? usual());
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  const choice = useMemo(
    () => ({
      locale,
      choose: (chosen: Locale) => {
        localStorage.setItem(KEPT, chosen);
        setLocale(chosen);
      },
    }),
    [locale],
  );
  const timeZone = globalThis.Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <LocaleContext value={choice}>
      <IntlProvider locale={locale} messages={CATALOGUES[locale]} timeZone={timeZone}>
        {children}
      </IntlProvider>
    </LocaleContext>
  );
}

/** The reader's language, and how to choose another one. */
export function useLocaleChoice(): Choice {
  const choice = use(LocaleContext);
  if (!choice) throw new Error("useLocaleChoice needs <Intl> around it.");
  return choice;
}
