import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { useDayApart, useOpeningHours } from "./opening-hours";
import { useSpan } from "./span";
import { show } from "@/test/render";

const hours = (from: number, until: number) => [from * 3_600, until * 3_600];
const office = [hours(9, 12), hours(13, 18)];
const night = [hours(22, 30)];
const always = [hours(0, 24)];

function Hours({ weekly }: { weekly: number[][][] }) {
  return <p>{useOpeningHours()(weekly)}</p>;
}

test.each([
  ["en", [office, office, office, office, office, [], []], "Mon–Fri 09:00–12:00, 13:00–18:00"],
  ["ko", [office, office, office, office, office, [], []], "월–금 09:00–12:00, 13:00–18:00"],
  [
    "en",
    [night, [], office, [], [], [], night],
    "Mon 22:00–06:00; Wed 09:00–12:00, 13:00–18:00; Sun 22:00–06:00",
  ],
  ["en", Array.from({ length: 7 }, () => always), "Round the clock"],
] as const)("%s: the opening hours of a week are said in short", (locale, weekly, said) => {
  show(<Hours weekly={weekly as unknown as number[][][]} />, locale);
  expect(screen.getByText(said)).toBeInTheDocument();
});

function Apart({ windows }: { windows: number[][] }) {
  return <p>{useDayApart()({ day: "2026-03-02", name: "대체공휴일", windows })}</p>;
}

test.each([
  ["en", [], "Mar 2, 2026, 대체공휴일: closed"],
  ["ko", [], "2026. 3. 2. 대체공휴일: 휴무"],
  ["ko", [hours(9, 12)], "2026. 3. 2. 대체공휴일: 09:00–12:00"],
] as const)("%s: a day apart is said with its hours", (locale, windows, said) => {
  show(<Apart windows={windows as unknown as number[][]} />, locale);
  expect(screen.getByText(said)).toBeInTheDocument();
});

function Spans({ seconds }: { seconds: number }) {
  return <p>{`${useSpan()(seconds)} | ${useSpan("hours")(seconds)}`}</p>;
}

test("open time is not told in days", () => {
  show(<Spans seconds={40 * 3_600 + 90} />);
  expect(screen.getByText("1 d 16 h | 40 h 1 min")).toBeInTheDocument();
});
