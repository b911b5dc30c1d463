import { expect, test } from "vitest";
import { readSearch, valuesOf, writeSearch } from "./search-text";

test("what is written is read again", () => {
  const values = { status: ["new", "open"], text: "종이 걸림 & more", queue: "none" };
  expect(readSearch(writeSearch(values))).toEqual(values);
  expect(writeSearch({ a: undefined, b: "", c: null, d: [] })).toBe("");
});

test("one value is a list of one", () => {
  expect(valuesOf("a")).toEqual(["a"]);
  expect(valuesOf(["a", "b"])).toEqual(["a", "b"]);
  expect(valuesOf(undefined)).toEqual([]);
});
