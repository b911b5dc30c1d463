import { fireEvent, screen, within } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import { beforeEach, expect, test, vi } from "vitest";
import { Palette } from "./palette";
import { useActions } from "@/actions/registry";
import { show } from "@/test/render";
import { server } from "@/test/server";

const SEARCH = "*/api/v1/search";
const opens = { ticket: vi.fn(), requester: vi.fn() };

function Page({ may = true }: { may?: boolean }) {
  useActions([
    { id: "print", label: "Print the list", section: "queue", run: () => undefined },
    { id: "go", label: "Go to tickets", section: "go", run: () => undefined },
  ]);
  return <Palette open onClose={() => undefined} {...(may ? { opens } : {})} />;
}

const ticket = (number: number, subject: string) => ({
  ticket: { id: `t${number}`, number, subject, status: "open", requester: "mina" },
  subject: [{ text: subject, hit: false }],
  excerpt: null,
  score: 1,
});
const mina = { id: "mina", name: "Mina Lee", emails: ["mina@example.com"] };

/** Answers with what is found for each question; of the others nothing is. */
function desk(found: Record<string, object>) {
  const asked: string[] = [];
  server.use(
    http.get(SEARCH, ({ request }) => {
      const q = new URL(request.url).searchParams.get("q") ?? "";
      asked.push(q);
      return HttpResponse.json({ tickets: [], requesters: [], ...found[q] });
    }),
  );
  return asked;
}

const type = (value: string) =>
  fireEvent.change(screen.getByRole("combobox"), { target: { value } });

/** Enter would choose it. */
const isNext = (name: string | RegExp) =>
  vi.waitFor(() =>
    expect(screen.getByRole("option", { name })).toHaveAttribute("data-active-item"),
  );

beforeEach(() => vi.clearAllMocks());

test("tickets and requesters stand under headings of their own, after the actions", async () => {
  desk({ print: { tickets: [ticket(7, "Printer is blank")], requesters: [mina] } });
  const { user } = show(<Page />);
  type("print");
  const tickets = await screen.findByRole("group", { name: "Tickets" });
  expect(within(tickets).getByRole("option")).toHaveTextContent("#7 Printer is blankOpen");
  expect(screen.getAllByRole("group").map((one) => one.firstChild?.textContent)).toEqual([
    "Actions",
    "Tickets",
    "Requesters",
  ]);
  expect(screen.getByRole("status")).toHaveTextContent("1 ticket, 1 requester found");
  await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
  await vi.waitFor(() => expect(opens.requester).toHaveBeenCalledWith("mina"));
});

test("a number is a ticket, and Enter opens it", async () => {
  desk({ "#123": { tickets: [ticket(123, "Badge")] } });
  const { user } = show(<Page />);
  await user.type(screen.getByRole("combobox"), "#123");
  await isNext(/#123 Badge/);
  await user.keyboard("{Enter}");
  await vi.waitFor(() => expect(opens.ticket).toHaveBeenCalledWith(123));
});

test("the desk is asked once for what is typed in one go, and not for signs alone", async () => {
  const asked = desk({});
  show(<Page />);
  for (const text of ["#", "x", "xe", "xer", "xerox"]) type(text);
  await vi.waitFor(() =>
    expect(screen.getByRole("status")).toHaveTextContent("Nothing matches xerox"),
  );
  expect(asked).toEqual(["xerox"]);
});

test("what was found for an earlier text is not shown for a newer one", async () => {
  server.use(
    http.get(SEARCH, async ({ request }) => {
      if (new URL(request.url).searchParams.get("q") === "newer") await delay("infinite");
      return HttpResponse.json({ tickets: [ticket(1, "Earlier")], requesters: [] });
    }),
  );
  show(<Page />);
  type("earlier");
  await screen.findByRole("option", { name: /Earlier/ });
  type("newer");
  expect(screen.queryByRole("option")).not.toBeInTheDocument();
  expect(screen.getByRole("status")).toHaveTextContent("Searching");
});

test("a search that fails says so, and can be tried again by Enter", async () => {
  const failing = http.get(SEARCH, () =>
    HttpResponse.json(
      { type: "/problems/unavailable", status: 503, title: "x", detail: "x", request_id: "r1" },
      { status: 503 },
    ),
  );
  server.use(failing);
  const { user } = show(<Page />);
  await user.type(screen.getByRole("combobox"), "badge");
  await isNext("Try again");
  expect(screen.getByRole("status")).toHaveTextContent("Tickets could not be searched.");
  desk({ badge: { tickets: [ticket(5, "Badge")] } });
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("option", { name: /#5 Badge/ })).toBeInTheDocument();
});

test("who sees no tickets is offered actions alone", () => {
  show(<Page may={false} />);
  type("go");
  expect(screen.getAllByRole("option")).toHaveLength(1);
  type("badge");
  expect(screen.getByRole("status")).toHaveTextContent("Nothing matches badge");
});
