import { screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test, vi } from "vitest";
import { DifferenceTable } from "./difference-table";
import { show } from "@/test/render";
import { server } from "@/test/server";

const NUMBERS: Record<string, number> = { t7: 7, t8: 8, t9: 9 };

test("people, organisations and tickets are called by their names, each kind asked for once", async () => {
  const asked: string[] = [];
  const answers = (kind: string, item: (id: string) => object) =>
    http.get(`*/api/v1/${kind}`, ({ request }) => {
      const ids = new URL(request.url).searchParams.getAll("id");
      asked.push(`${kind} ${ids.join(" ")}`);
      return HttpResponse.json({ items: ids.filter((id) => id !== "gone").map(item), next: null });
    });
  server.use(
    answers("organisations", (id) => ({ id, name: `${id} Ltd.` })),
    answers("tickets", (id) => ({ id, number: NUMBERS[id], subject: `Subject of ${id}` })),
    ...["agents", "teams", "queues"].map((kind) => answers(kind, (id) => ({ id, name: id }))),
    http.get("*/api/v1/fields", () => HttpResponse.json({ items: [], next: null })),
    http.get("*/api/v1/requesters/:id", ({ params }) =>
      HttpResponse.json({ id: params["id"], name: `Ms. ${String(params["id"])}` }),
    ),
  );
  show(
    <DifferenceTable
      differences={[
        { name: "requester", before: "mina", after: "bea" },
        { name: "organisation", before: "acme", after: "gone" },
        { name: "merged_into", before: null, after: "t7" },
        { name: "absorbed", before: [], after: ["t8"] },
        { name: "links", before: [], after: [{ relation: "blocks", other: "t9" }] },
      ]}
    />,
  );
  const row = (name: string) => screen.getByRole("row", { name: new RegExp(`^${name}`) });
  await vi.waitFor(() => expect(row("Requester")).toHaveTextContent("Ms. minaMs. bea"));
  await vi.waitFor(() => expect(row("Organisation")).toHaveTextContent("acme Ltd.gone"));
  await vi.waitFor(() => expect(row("Merged into —")).toHaveTextContent("—#7 Subject of t7"));
  expect(row("Merged into this")).toHaveTextContent("—#8 Subject of t8");
  expect(within(row("Links")).getByText(/#9 Subject of t9/)).toBeInTheDocument();
  expect(asked.filter((one) => /tickets|organ/.test(one)).sort()).toEqual([
    "organisations acme gone",
    "tickets t7 t8 t9",
  ]);
});

test("custom fields are called by their labels, also those that are not offered any more", async () => {
  const none = { items: [], next: null };
  const choices = [
    { value: "seoul", label: { en: "Seoul" } },
    { value: "busan", label: {} },
  ];
  server.use(
    ...["agents", "teams", "queues"].map((kind) =>
      http.get(`*/api/v1/${kind}`, () => HttpResponse.json(none)),
    ),
    http.get("*/api/v1/fields", ({ request }) => {
      const field = new URL(request.url).searchParams.has("retired")
        ? { id: "floor", label: { ko: "층" }, choices: [] }
        : { id: "site", label: { en: "Site", ko: "지점" }, choices };
      return HttpResponse.json({ items: [field], next: null });
    }),
  );
  show(
    <DifferenceTable
      differences={[
        { name: { field: "site" }, before: "seoul", after: "busan" },
        { name: { field: "floor" }, before: null, after: 1234 },
        { name: { field: "root_cause" }, before: true, after: null },
      ]}
    />,
  );
  const shows = (text: string) =>
    vi.waitFor(() =>
      expect(screen.getAllByRole("row").map((row) => row.textContent)).toContain(text),
    );
  await shows("SiteSeoulbusan");
  await shows("층—1,234");
  await shows("Root cause✓—");
});
