import { http, HttpResponse } from "msw";
import { beforeEach, expect, test, vi } from "vitest";
import { DraftKeeper, EMPTY } from "./draft";
import { triggerAt } from "./writing";
import type { KeptDraft } from "@/api/drafts";
import { server } from "@/test/server";

const DRAFT = "*/api/v1/tickets/t1/draft";

/** The desk's side: one draft, and what it was asked to keep. */
let desk: KeptDraft | null;

const there = (body: string, revision: number): KeptDraft => ({
  ...EMPTY,
  body,
  revision,
  updated_at: "2026-03-01T09:00:00Z",
});

const refused = (status: number, type: string) =>
  HttpResponse.json({ type: `/problems/${type}`, status, detail: "" }, { status });

beforeEach(() => {
  desk = null;
  server.use(
    http.get(DRAFT, () =>
      desk ? HttpResponse.json(desk) : new HttpResponse(null, { status: 204 }),
    ),
    http.put(DRAFT, async ({ request }) => {
      const asked = (await request.json()) as KeptDraft;
      if ((desk?.revision ?? null) !== asked.revision) return refused(409, "draft-changed");
      desk = there(asked.body, (desk?.revision ?? 0) + 1);
      return HttpResponse.json(desk);
    }),
    http.delete(DRAFT, () => {
      desk = null;
      return new HttpResponse(null, { status: 204 });
    }),
  );
});

test("what is written reaches the desk, and is there after a reload", async () => {
  const keeper = new DraftKeeper("kim", "t1");
  keeper.change({ body: "Hello" }, 4);
  await keeper.push();
  expect(desk).toMatchObject({ body: "Hello", revision: 1 });
  const again = new DraftKeeper("kim", "t1");
  expect(again.state()).toMatchObject({ draft: { body: "Hello" }, base: 4, revision: 1 });
});

test("an empty page takes what was written on another device", async () => {
  desk = there("From the phone", 3);
  const keeper = new DraftKeeper("kim", "t1");
  await keeper.look();
  expect(keeper.state()).toMatchObject({ draft: { body: "From the phone" }, other: null });
});

test("a change from another device is offered, and overwrites nothing", async () => {
  const keeper = new DraftKeeper("kim", "t1");
  keeper.change({ body: "Mine" }, 4);
  await keeper.push();
  desk = there("From the phone", 2);
  keeper.change({ body: "Mine, longer" }, 4);
  await keeper.push();
  expect(keeper.state()).toMatchObject({
    draft: { body: "Mine, longer" },
    other: { body: "From the phone" },
  });
  expect(desk.body).toBe("From the phone");
  keeper.keepMine();
  await vi.waitFor(() => expect(desk).toMatchObject({ body: "Mine, longer", revision: 3 }));
});

test("what the desk has is followed while nothing else is written here", async () => {
  desk = there("From the phone", 3);
  const keeper = new DraftKeeper("kim", "t1");
  await keeper.look();
  desk = there("From the phone, longer", 4);
  await keeper.look();
  expect(keeper.state()).toMatchObject({
    draft: { body: "From the phone, longer" },
    other: null,
  });
});

test("without a connection it is kept here, and goes to the desk later", async () => {
  server.use(http.put(DRAFT, () => HttpResponse.error(), { once: true }));
  const keeper = new DraftKeeper("kim", "t1");
  keeper.change({ body: "In a tunnel" }, 4);
  await keeper.push();
  expect(keeper.state()).toMatchObject({ saved: "here", dirty: true });
  await keeper.push();
  expect(keeper.state()).toMatchObject({ saved: "saved", dirty: false });
});

test("what was sent is gone here and there", async () => {
  const keeper = new DraftKeeper("kim", "t1");
  keeper.change({ body: "Sent" }, 4);
  await keeper.push();
  keeper.clear();
  await vi.waitFor(() => expect(desk).toBeNull());
  expect(new DraftKeeper("kim", "t1").state().draft.body).toBe("");
});

test("what was thrown away stays away, though the desk hears of it after a reload", async () => {
  const keeper = new DraftKeeper("kim", "t1");
  keeper.change({ body: "Thrown away" }, 4);
  await keeper.push();
  server.use(http.delete(DRAFT, () => HttpResponse.error(), { once: true }));
  keeper.clear();
  keeper.stop();
  expect(desk).toMatchObject({ body: "Thrown away" });
  const again = new DraftKeeper("kim", "t1");
  expect(again.state().draft.body).toBe("");
  await again.look();
  expect(again.state()).toMatchObject({ draft: { body: "" }, dirty: false });
  expect(desk).toBeNull();
});

test("what was sent while it was being kept is dropped as soon as it has come", async () => {
  const keeper = new DraftKeeper("kim", "t1");
  keeper.change({ body: "Quick" }, 4);
  const keeping = keeper.push();
  keeper.clear();
  await keeping;
  expect(desk).toBeNull();
  expect(keeper.state()).toMatchObject({ revision: null, dirty: false });
});

test("signs complete words at their beginning only", () => {
  expect(triggerAt("ask @ki", 7, "@/")).toEqual({ sign: "@", begin: 4, query: "ki" });
  expect(triggerAt("/환영", 3, "/")).toEqual({ sign: "/", begin: 0, query: "환영" });
  expect(triggerAt("mail@host", 9, "@/")).toBeNull();
  expect(triggerAt("and/or", 6, "/")).toBeNull();
  expect(triggerAt("ask @ki", 7, "/")).toBeNull();
});
