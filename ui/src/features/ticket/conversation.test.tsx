import { act, screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test, vi } from "vitest";
import { Conversation } from "./conversation";
import { useConversation, type Entry } from "@/api/conversation";
import { lookAgain } from "@/api/following";
import { show } from "@/test/render";
import { server } from "@/test/server";
import { entry, Talk, TICKET } from "@/test/talk";

function Page({ isMarked }: { isMarked?: (entry: Entry) => boolean }) {
  const conversing = useConversation("1");
  if (!conversing.said) return null;
  return (
    <Conversation
      ticket={TICKET}
      requester="mina"
      conversing={conversing}
      {...(isMarked && { isMarked })}
    />
  );
}

async function opened(talk: Talk) {
  const shown = show(<Page />);
  await screen.findByText(`line ${talk.entries.at(-1)?.version}`);
  const news = () => act(() => lookAgain(shown.queries, TICKET, 1));
  return { ...shown, news };
}

const earlier = () => screen.getByRole("button", { name: "Show earlier entries" });
const heard = () => screen.getAllByRole("status").map((one) => one.textContent);

test("earlier entries come by a button that keeps the focus while there are more", async () => {
  const talk = new Talk(250).serve();
  const { user } = await opened(talk);
  expect(screen.queryByText("line 150")).not.toBeInTheDocument();
  earlier().focus();
  await user.keyboard("{Enter}");
  expect(await screen.findByText("line 51")).toBeInTheDocument();
  expect(earlier()).toHaveFocus();
  expect(heard().slice(0, 2)).toEqual(["100 earlier entries are shown.", ""]);
  await user.keyboard("{Enter}");
  expect(await screen.findByText("line 1")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /earlier/ })).not.toBeInTheDocument();
  expect(screen.getByRole("log")).toHaveFocus();
  expect(screen.getAllByRole("article")).toHaveLength(250);
});

test("what comes in is read out, and what was there before is not", async () => {
  const talk = new Talk(150).serve();
  const { user, news } = await opened(talk);
  await user.click(earlier());
  await screen.findByText("line 1");
  expect(heard()[1]).toBe("");
  talk.entries.push(
    entry(151),
    entry(152, { kind: "event", event: "ticket.reopened", body: null }),
  );
  await news();
  await vi.waitFor(() => expect(heard()[1]).toBe("Mina Lee wrote: line 151"));
  talk.entries = talk.entries.slice(0, 140);
  talk.entries.push(entry(153, { kind: "event", event: "ticket.released", body: null }));
  await news();
  await vi.waitFor(() => expect(screen.queryByText("line 151")).not.toBeInTheDocument());
  expect(heard()[1]).toBe("");
});

test("who asked for earlier entries in vain is told, and can ask again", async () => {
  const talk = new Talk(150).serve();
  const { user } = await opened(talk);
  server.use(
    http.get(
      "*/api/v1/tickets/:ticket/conversation",
      () =>
        HttpResponse.json(
          { type: "/problems/unavailable", status: 503, title: "x", detail: "x", request_id: "r" },
          { status: 503 },
        ),
      { once: true },
    ),
  );
  await user.click(earlier());
  await vi.waitFor(() => expect(heard().join("")).toMatch(/unavailable|moment|again/i));
  await user.click(earlier());
  expect(await screen.findByText("line 1")).toBeInTheDocument();
});

test("a change of the requester says who it is by name", async () => {
  const talk = new Talk(1);
  talk.entries.push(
    entry(2, {
      kind: "event",
      event: "ticket.requester_changed",
      body: null,
      actor_kind: "agent",
      actor: "kim",
      details: { requester: "bea", previous: "mina" },
    }),
  );
  talk.serve();
  server.use(
    http.get("*/api/v1/requesters/bea", () => HttpResponse.json({ id: "bea", name: "Bea Choi" })),
  );
  show(<Page />);
  const log = await screen.findByRole("log");
  expect(await within(log).findByText("kim changed the requester to Bea Choi")).toBeInTheDocument();
});

test("what is marked is marked in its block", async () => {
  new Talk(3).serve();
  show(<Page isMarked={(one) => one.version === 2} />);
  await screen.findByText("line 3");
  const marked = screen.getAllByRole("article").map((one) => one.className.includes("marked"));
  expect(marked).toEqual([false, true, false]);
});
