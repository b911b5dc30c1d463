import { expect, test } from "vitest";
import { differences } from "./difference";
import type { Ticket } from "@/api/tickets";

const opened = {
  status: "new",
  subject: "Printer",
  priority: "normal",
  tags: ["paper"],
  fields: { site: "Seoul" },
} as unknown as Ticket;

test("only what changed is told, custom fields by their names", () => {
  const later: Ticket = {
    ...opened,
    status: "pending",
    tags: ["paper", "toner"],
    fields: { site: "Busan", floor: 3 },
  };
  expect(differences(opened, later)).toEqual([
    { name: "status", before: "new", after: "pending" },
    { name: "tags", before: ["paper"], after: ["paper", "toner"] },
    { name: { field: "site" }, before: "Seoul", after: "Busan" },
    { name: { field: "floor" }, before: null, after: 3 },
  ]);
});

test("nothing is told where nothing changed", () => {
  expect(differences(opened, { ...opened })).toEqual([]);
});
