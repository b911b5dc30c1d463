/** Custom fields and what they hold, in the reader's language. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useFormatter, useLocale } from "use-intl";
import { everyField, retiredFields, type Field } from "@/api/configuration";
import { plainText } from "@/lib/plain-text";

/** A name in the reader's language, else in any, else what it is called inside. */
export function labelOf(label: Record<string, string>, fallback: string, locale: string): string {
  return label[locale] ?? Object.values(label)[0] ?? fallback;
}

/** `root_cause` -> Root cause */
function readable(id: string): string {
  const words = id.replaceAll(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const fieldLabel = (field: Field, locale: string): string =>
  labelOf(field.label, readable(field.id), locale);

export interface FieldWords {
  label: (id: string) => string;
  /** What a field of this id holds; "" for nothing. */
  value: (id: string, value: unknown) => string;
}

/** Also of fields that are not offered any more, or that nobody defined. */
export function useFieldWords(): FieldWords {
  const locale = useLocale();
  const format = useFormatter();
  const [offered, retired] = [useQuery(everyField).data, useQuery(retiredFields).data];
  return useMemo(() => {
    const known = new Map([...(retired ?? []), ...(offered ?? [])].map((one) => [one.id, one]));
    return {
      label: (id) => {
        const field = known.get(id);
        return field ? fieldLabel(field, locale) : readable(id);
      },
      value: (id, value) => {
        if (typeof value === "boolean") return value ? "✓" : "✗";
        if (typeof value === "number") return format.number(value);
        const choice = known.get(id)?.choices.find((one) => one.value === value);
        return choice ? labelOf(choice.label, choice.value, locale) : plainText(value);
      },
    };
  }, [locale, format, offered, retired]);
}
