/** Words in the reader's language: catalogues, the choice of one, dates and numbers by locale. */
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from "react";
import { IntlProvider } from "use-intl";
import type en from "./en.json";

export const LOCALES = ["en", "ko"] as const;
export type Locale = (typeof LOCALES)[number];

declare module "use-intl" {
  interface AppConfig {
    Locale: Locale;
    Messages: typeof en;
  }
}

export interface Spoken {
  locale: Locale;
  messages: typeof en;
}

/** Only the language that is read is loaded. */
const CATALOGUES: Record<Locale, () => Promise<{ default: typeof en }>> = {
  en: () => import("./en.json"),
  ko: () => import("./ko.json"),
};
const KEPT = "chronodesk.locale";

interface Choice {
  locale: Locale;
  choose: (locale: Locale) => void;
}

const LocaleContext = createContext<Choice | null>(null);

/** The language that was chosen here, else the first of the browser's that we speak. */
export function usualLocale(): Locale {
  const kept = localStorage.getItem(KEPT);
  const wanted = [kept, ...navigator.languages].map((tag) => tag?.slice(0, 2));
  return LOCALES.find((locale) => locale === wanted.find((tag) => isLocale(tag))) ?? "en";
}

function isLocale(tag: string | undefined): tag is Locale {
  return (LOCALES as readonly (string | undefined)[]).includes(tag);
}

/** A language with its words. Rejects when they cannot be loaded. */
export async function speak(locale: Locale): Promise<Spoken> {
  return { locale, messages: (await CATALOGUES[locale]()).default };
}

/** Whatever is inside speaks `first` until another language is chosen. */
export function Intl({ children, first }: { children: ReactNode; first: Spoken }) {
  const [{ locale, messages }, setSpoken] = useState(first);
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  const choice = useMemo(
    () => ({
      locale,
      choose: (chosen: Locale) => {
        localStorage.setItem(KEPT, chosen);
        // If the words cannot be had now, the page says already that the desk is away: later.
        speak(chosen).then(setSpoken, () => undefined);
      },
    }),
    [locale],
  );
  const timeZone = globalThis.Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <LocaleContext value={choice}>
      <IntlProvider locale={locale} messages={messages} timeZone={timeZone}>
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
