import { http, HttpResponse } from "msw";
import { expect, test, vi } from "vitest";
import { command, meanwhile } from "./commands";
import { ProblemError } from "./problems";
import { server } from "@/test/server";

const RENAME = "*/api/v1/tickets/7/rename";

test("what nobody answered is sent again under the same id", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 400 });
  const ids: (string | null)[] = [];
  server.use(
    http.post(RENAME, ({ request }) => {
      ids.push(request.headers.get("Idempotency-Key"));
      return ids.length < 3 ? HttpResponse.error() : HttpResponse.json({ changed: true });
    }),
  );
  const answer = await command("7", "rename", { subject: "Toner" }, { seen: 4 });
  expect(answer.changed).toBe(true);
  expect(ids).toHaveLength(3);
  expect(new Set(ids).size).toBe(1);
  vi.useRealTimers();
});

test("the version that was seen goes along", async () => {
  const seen: (string | null)[] = [];
  server.use(
    http.post(RENAME, ({ request }) => {
      seen.push(request.headers.get("If-Match"));
      return HttpResponse.json({});
    }),
  );
  await command("7", "rename", { subject: "Toner" }, { seen: 4 });
  await command("7", "rename", { subject: "Toner" });
  expect(seen).toEqual(['"4"', "*"]);
});

test("a refusal is not repeated, and says what happened in between", async () => {
  const asked = vi.fn();
  server.use(
    http.post(RENAME, () => {
      asked();
      const events = [{ id: "e5", kind: "ticket.renamed", version: 5 }];
      const more = { status: 409, detail: "", version: 5, changed: ["subject"], events };
      return HttpResponse.json({ type: "/problems/ticket-changed", ...more }, { status: 409 });
    }),
  );
  const error = await command("7", "rename", { subject: "Toner" }, { seen: 4 }).catch(
    (refused: unknown) => refused,
  );
  expect(error).toBeInstanceOf(ProblemError);
  expect(meanwhile(error)).toMatchObject({ version: 5, changed: ["subject"] });
  expect(asked).toHaveBeenCalledOnce();
});
