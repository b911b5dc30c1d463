import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { useProblemText } from "./problem-text";
import { ProblemError, UnreachableError } from "@/api/problems";
import { show } from "@/test/render";

function Said({ error }: { error: Error }) {
  return <p>{useProblemText()(error)}</p>;
}

const problem = (status: number, code: string, more = {}, after: number | null = null) =>
  new ProblemError(
    {
      type: `/problems/${code}`,
      title: code,
      status,
      detail: "As the API says.",
      request_id: "r1",
      what_to_do: "",
      ...more,
    },
    after,
  );

test.each<[Error, string]>([
  [new UnreachableError(), "cannot be reached"],
  [problem(409, "ticket-changed"), "Somebody changed this"],
  [problem(409, "cannot-undo"), "As the API says."],
  [problem(409, "not-allowed"), "does not allow this now"],
  [problem(422, "invalid"), "As the API says."],
  [problem(429, "too-many-requests", {}, 7), "in 7 seconds"],
  [problem(503, "unavailable"), "not available for the moment"],
  [problem(413, "too-large", { limit: 26_214_400 }), "at most 26.2 MB"],
  [problem(415, "file-refused", { media_type: "video/mp4" }), "not taken here: video/mp4"],
  [problem(500, "internal"), "r1"],
])("%s is said in words", (error, words) => {
  show(<Said error={error} />);
  expect(screen.getByText(words, { exact: false })).toBeVisible();
});

test.each<[Error, string]>([
  [problem(409, "cannot-undo"), "되돌릴 수 없습니다. (As the API says.)"],
  [
    problem(422, "invalid", {
      errors: [
        { in: "body", field: "subject", message: "too long", what_to_do: "Shorten it." },
        { in: "body", field: "odd.name", message: "unknown", what_to_do: "Remove it." },
      ],
    }),
    "잘못 입력된 항목: 제목, odd.name (As the API says.)",
  ],
  [problem(418, "of-tomorrow"), "잘못 입력된 항목이 있습니다. (As the API says.)"],
])("%s is said in Korean, with the API's own words behind it", (error, words) => {
  show(<Said error={error} />, "ko");
  expect(screen.getByText(words)).toBeVisible();
});
