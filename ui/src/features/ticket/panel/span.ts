import { useLocale } from "use-intl";

const UNITS = {
  en: { d: "d", h: "h", m: "min", s: "s" },
  ko: { d: "일", h: "시간", m: "분", s: "초" },
};

/**
 * A span of seconds in its two largest units: `2 h 5 min`, `2시간 5분`. Open time is told without
 * days, which have as many hours as the calendar says.
 */
export function useSpan(days: "days" | "hours" = "days"): (seconds: number) => string {
  const units = UNITS[useLocale()];
  const gap = units === UNITS.en ? " " : "";
  return (seconds) => {
    const whole = Math.floor(seconds);
    const parts = [
      [days === "days" ? Math.floor(whole / 86_400) : 0, units.d],
      [Math.floor(whole / 3_600) % (days === "days" ? 24 : Infinity), units.h],
      [Math.floor(whole / 60) % 60, units.m],
      [whole % 60, units.s],
    ] as const;
    const first = Math.max(
      0,
      Math.min(
        parts.findIndex(([n]) => n > 0),
        3,
      ),
    );
    const from = whole === 0 ? 3 : first;
    return parts
      .slice(from, from + 2)
      .filter(([n], at) => n > 0 || at === 0)
      .map(([n, unit]) => `${n}${gap}${unit}`)
      .join(" ");
  };
}
