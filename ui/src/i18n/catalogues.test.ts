import { expect, test } from "vitest";
import en from "./en.json";
import ko from "./ko.json";

interface Catalogue {
  [key: string]: string | Catalogue;
}

/** Path of each message, with the names of what is filled in. */
function shape(catalogue: Catalogue, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(catalogue)) {
    const here = path ? `${path}.${key}` : key;
    if (typeof value === "string") {
      const names = [...value.matchAll(/\{(\w+)[,}]/g)].map((match) => match[1]);
      found.set(here, [...new Set(names)].sort().join(" "));
    } else for (const [inner, names] of shape(value, here)) found.set(inner, names);
  }
  return found;
}

test("Korean says everything that English says, with the same things filled in", () => {
  expect(Object.fromEntries(shape(ko))).toEqual(Object.fromEntries(shape(en)));
});

test("Korean is Korean", () => {
  const flat = JSON.stringify(ko);
  const hangul = flat.match(/[가-힣]/g)?.length ?? 0;
  expect(hangul).toBeGreaterThan((flat.match(/[a-z]/gi) ?? []).length / 6);
});
