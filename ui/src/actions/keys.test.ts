import { expect, test } from "vitest";
import { chordOf, isTyping, keycaps } from "./keys";

const press = (key: string, more: KeyboardEventInit = {}) =>
  chordOf(new KeyboardEvent("keydown", { key, ...more }));

test("keys are named as actions name them", () => {
  expect(press("r", { code: "KeyR" })).toBe("r");
  expect(press("R", { code: "KeyR", shiftKey: true })).toBe("Shift+r");
  expect(press("k", { code: "KeyK", ctrlKey: true })).toBe("Mod+k");
  expect(press("?", { code: "Slash", shiftKey: true })).toBe("?");
  expect(press("Enter", { ctrlKey: true })).toBe("Mod+Enter");
});

test("nothing is heard while letters are composed", () => {
  expect(press("ㅎ", { code: "KeyG", isComposing: true })).toBeNull();
  expect(press("Process", { code: "KeyG" })).toBeNull();
  expect(press("Enter", { isComposing: true })).toBeNull();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- what Safari says instead
  expect(press("g", { code: "KeyG", keyCode: 229 })).toBeNull();
});

test("with a Korean layout the place of the key counts", () => {
  expect(press("ㄱ", { code: "KeyR" })).toBe("r");
});

test("modifiers alone, and those of the system, are no shortcut", () => {
  expect(press("Shift", { shiftKey: true })).toBeNull();
  expect(press("x", { altKey: true })).toBeNull();
});

test("keys are drawn as keys", () => {
  expect(keycaps("g t")).toEqual(["G", "T"]);
  expect(keycaps("Mod+Shift+k")).toEqual(["Ctrl", "⇧", "K"]);
});

test("a text field is where somebody types, a checkbox is not", () => {
  const box = Object.assign(document.createElement("input"), { type: "checkbox" });
  expect(isTyping(document.createElement("textarea"))).toBe(true);
  expect(isTyping(document.createElement("input"))).toBe(true);
  expect(isTyping(box)).toBe(false);
  expect(isTyping(document.body)).toBe(false);
});
