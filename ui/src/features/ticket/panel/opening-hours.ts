/** Opening hours of a week, days with the same ones together: `Mon–Fri 09:00–18:00`. */
import { useFormatter, useTranslations } from "use-intl";

const DAY = 86_400;
const MONDAY = Date.UTC(2024, 0, 1);

interface DayApart {
  day: string;
  name: string;
  windows: Windows;
}

type Windows = readonly (readonly number[])[];

/** A day on which other hours hold than on its weekday: `3 Mar 2026 Substitute day: closed`. */
export function useDayApart(): (apart: DayApart) => string {
  const t = useTranslations("ticket.clock");
  const format = useFormatter();
  return ({ day, name, windows }) => {
    const date = new Date(`${day}T00:00:00Z`);
    return t("dayApart", {
      day: format.dateTime(date, { dateStyle: "medium", timeZone: "UTC" }),
      name,
      hours: windows.length > 0 ? hours(windows) : t("closedDay"),
    });
  };
}

export function useOpeningHours(): (weekly: readonly Windows[]) => string {
  const t = useTranslations("ticket.clock");
  const format = useFormatter();
  const day = (n: number) =>
    format.dateTime(new Date(MONDAY + n * DAY * 1_000), { weekday: "short", timeZone: "UTC" });
  return (weekly) => {
    const said = weekly.map(hours);
    if (said.every((one) => one === "00:00–24:00")) return t("always");
    const parts: string[] = [];
    for (let first = 0; first < said.length;) {
      let last = first;
      while (said[last + 1] === said[first]) last += 1;
      const days = last > first ? `${day(first)}–${day(last)}` : day(first);
      if (said[first]) parts.push(`${days} ${said[first]}`);
      first = last + 1;
    }
    return parts.join("; ");
  };
}

const hours = (windows: Windows) =>
  windows.map(([opens = 0, closes = 0]) => `${clock(opens)}–${clock(closes)}`).join(", ");

/** The time of day; what lies beyond midnight is of the next one. */
function clock(seconds: number): string {
  const within = seconds > DAY ? seconds - DAY : seconds;
  const two = (n: number) => String(Math.floor(n)).padStart(2, "0");
  return `${two(within / 3_600)}:${two((within / 60) % 60)}`;
}
