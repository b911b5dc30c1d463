import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { useAsk } from "./ask";
import type { Ticket } from "@/api/tickets";
import { show } from "@/test/render";
import { server } from "@/test/server";
import { TICKET } from "@/test/talk";

const BEFORE = { id: TICKET, number: 1, version: 4, subject: "Printer", queue: "desk" } as Ticket;

/** What is asked for waits here until the test answers. */
class Desk {
  readonly asked: { name: string; seen: string | null }[] = [];
  readonly #waiting: ((answer: Response) => void)[] = [];

  serve(): this {
    server.use(
      http.post("*/api/v1/tickets/:ticket/:name", ({ params, request }) => {
        this.asked.push({ name: String(params["name"]), seen: request.headers.get("If-Match") });
        return new Promise<Response>((answer) => this.#waiting.push(answer));
      }),
    );
    return this;
  }

  async answer(answer: Response): Promise<void> {
    await waitFor(() => expect(this.#waiting).not.toHaveLength(0));
    this.#waiting.shift()?.(answer);
  }

  /** It was done, as these versions of the ticket. */
  done(...versions: number[]): Promise<void> {
    const events = versions.map((version) => ({ id: `e${version}`, ticket: TICKET, version }));
    const ticket = { ...BEFORE, version: versions.at(-1) };
    return this.answer(
      HttpResponse.json({ id: TICKET, changed: true, events, ticket, version: ticket.version }),
    );
  }
}

function Page() {
  const { shown, ask, collision } = useAsk(BEFORE);
  return (
    <>
      <h1>{shown.subject}</h1>
      <p>{shown.queue}</p>
      <button
        onClick={() =>
          void ask("rename", { subject: "Toner" }, { what: "", expected: { subject: "Toner" } })
        }
      >
        Rename
      </button>
      <button
        onClick={() =>
          void ask("move_to_queue", { queue: "field" }, { what: "", expected: { queue: "field" } })
        }
      >
        Move
      </button>
      {collision && <p role="alert">{collision.changed.join()}</p>}
    </>
  );
}

async function bothAtOnce() {
  const desk = new Desk().serve();
  const { user } = show(<Page />);
  await user.click(screen.getByRole("button", { name: "Rename" }));
  await user.click(screen.getByRole("button", { name: "Move" }));
  expect(screen.getByRole("heading")).toHaveTextContent("Toner");
  expect(screen.getByText("field")).toBeInTheDocument();
  await waitFor(() => expect(desk.asked).toHaveLength(1));
  return desk;
}

test("a second change goes out when the first one is done, and knows of it", async () => {
  const desk = await bothAtOnce();
  await desk.done(5);
  await waitFor(() => expect(desk.asked).toHaveLength(2));
  expect(desk.asked).toEqual([
    { name: "rename", seen: '"4"' },
    { name: "move_to_queue", seen: '"5"' },
  ]);
  expect(screen.getByText("field")).toBeInTheDocument();
});

test("what another one did in between has not been seen", async () => {
  const desk = await bothAtOnce();
  await desk.done(6);
  await waitFor(() => expect(desk.asked).toHaveLength(2));
  expect(desk.asked[1]?.seen).toBe('"4"');
});

test("a change that is refused takes back itself alone", async () => {
  const desk = await bothAtOnce();
  const events = [{ id: "e5", kind: "ticket.renamed", version: 5 }];
  const between = { status: 409, detail: "", version: 5, changed: ["subject"], events };
  await desk.answer(
    HttpResponse.json({ type: "/problems/ticket-changed", ...between }, { status: 409 }),
  );
  expect(await screen.findByRole("alert")).toHaveTextContent("subject");
  expect(screen.getByRole("heading")).toHaveTextContent("Printer");
  expect(screen.getByText("field")).toBeInTheDocument();
  await waitFor(() => expect(desk.asked[1]?.seen).toBe('"4"'));
});
