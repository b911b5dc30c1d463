import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { useConversation } from "./conversation";
import { forgetWhatWasDone, lookAgain } from "./following";
import { entry, Talk, TICKET } from "@/test/talk";

/** A page that shows a conversation, and what it has asked for by now. */
async function reading(talk: Talk, version?: number) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const { result } = renderHook(() => useConversation("1", version), {
    wrapper: ({ children }) => (
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    ),
  });
  await vi.waitFor(() => expect(result.current.said).toBeDefined());
  const versions = () => result.current.entries.map((one) => one.version);
  const earlier = () => act(() => result.current.readEarlier());
  const news = () => act(() => lookAgain(queries, TICKET, 1));
  const elsewhere = (ticket: string) => act(() => lookAgain(queries, ticket, null));
  /** What was asked for since the last look. */
  const asked = () =>
    talk.given
      .splice(0)
      .map(({ asked: { after_version }, count }) =>
        after_version === undefined ? count : `${count} since ${after_version}`,
      );
  return { result, versions, earlier, news, elsewhere, asked, queries };
}

const span = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);

test("it opens with the newest entries, in one request", async () => {
  const talk = new Talk(2_000).serve();
  const { result, versions, asked } = await reading(talk);
  expect(versions()).toEqual(span(1_901, 2_000));
  expect(result.current.hasEarlier).toBe(true);
  expect(asked()).toEqual([100]);
});

test("earlier entries come page by page, until the beginning", async () => {
  const talk = new Talk(230).serve();
  const { result, versions, earlier, asked } = await reading(talk);
  const shown = result.current.entries[0];
  expect(await earlier()).toBe(100);
  expect(versions()).toEqual(span(31, 230));
  expect(result.current.entries[100]).toBe(shown);
  expect(await earlier()).toBe(30);
  expect(versions()).toEqual(span(1, 230));
  expect(result.current.hasEarlier).toBe(false);
  expect(await earlier()).toBe(0);
  expect(asked()).toEqual([100, 100, 30]);
});

test("who asks for earlier entries twice at once gets them once", async () => {
  const talk = new Talk(400).serve();
  const { result, versions, asked } = await reading(talk);
  const both = () => Promise.all([result.current.readEarlier(), result.current.readEarlier()]);
  expect(await act(both)).toEqual([100, 0]);
  await vi.waitFor(() => expect(versions()).toEqual(span(201, 400)));
  expect(asked()).toEqual([100, 100]);
});

test("of news only what is new is read, and all that was there stays the same", async () => {
  const talk = new Talk(230).serve();
  const { result, versions, earlier, news, asked } = await reading(talk);
  await earlier();
  asked();
  const before = result.current.said;
  talk.entries.push(entry(231), entry(232));
  await news();
  await vi.waitFor(() => expect(versions()).toEqual(span(31, 232)));
  expect(result.current.said?.runs[0]).toBe(before?.runs[0]);
  expect(result.current.said?.runs[1]?.[0]).toBe(before?.runs[1]?.[0]);
  await news();
  expect(asked()).toEqual(["2 since 230", "0 since 232"]);
});

test.each(["ticket.absorbed", "ticket.released", "ticket.split"])(
  "after %s all that is loaded is read again, and no more",
  async (event) => {
    const talk = new Talk(400).serve();
    const { result, versions, earlier, news, asked } = await reading(talk);
    await earlier();
    asked();
    const kept = result.current.entries[199];
    talk.entries = talk.entries.map((one) =>
      one.version === 390 ? { ...one, moved_to: "t9" } : one,
    );
    talk.entries.splice(350, 0, { ...entry(7), ticket: "t2", at: talk.entries[350]?.at ?? "" });
    talk.entries.push(entry(401, { kind: "event", event, body: null }));
    await news();
    await vi.waitFor(() => expect(versions()).toContain(7));
    expect(asked()).toEqual(["1 since 400", 250]);
    expect(versions().at(-1)).toBe(401);
    expect(result.current.entries.find((one) => one.version === 390)?.moved_to).toBe("t9");
    expect(result.current.entries).toContain(kept);
    expect(result.current.hasEarlier).toBe(true);
  },
);

test("news of a ticket that was merged into this one are a reason to read all again", async () => {
  const talk = new Talk(5);
  talk.entries.splice(2, 0, { ...entry(1), ticket: "t2", at: talk.entries[2]?.at ?? "" });
  const { versions, elsewhere, asked } = await reading(talk.serve());
  asked();
  await elsewhere("t3");
  expect(asked()).toEqual([]);
  talk.entries.splice(2, 1);
  await elsewhere("t2");
  await vi.waitFor(() => expect(versions()).toEqual(span(1, 5)));
  expect(asked()).toEqual([5]);
});

test("earlier entries that come while news are read are not lost", async () => {
  const talk = new Talk(300).serve();
  const { result, versions, asked, queries } = await reading(talk);
  asked();
  talk.entries.push(entry(301));
  await act(async () => {
    await Promise.all([lookAgain(queries, TICKET, 1), result.current.readEarlier()]);
  });
  await vi.waitFor(() => expect(versions()).toEqual(span(101, 301)));
});

test("after a break that nobody knows the length of, all that is loaded is read again", async () => {
  const talk = new Talk(120).serve();
  const { versions, asked, queries } = await reading(talk);
  asked();
  talk.entries = talk.entries.slice(0, 110);
  await act(async () => {
    forgetWhatWasDone(queries);
    await queries.invalidateQueries();
  });
  await vi.waitFor(() => expect(versions()).toEqual(span(1, 110)));
  expect(asked()).toEqual([110]);
});

test("the past of a version is read from its newest entry on, and does not follow the news", async () => {
  const talk = new Talk(300).serve();
  const { versions, earlier, news, asked } = await reading(talk, 150);
  expect(versions()).toEqual(span(51, 150));
  await earlier();
  expect(versions()).toEqual(span(1, 150));
  asked();
  await news();
  expect(asked()).toEqual([]);
});
