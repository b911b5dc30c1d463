import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useOnceKeysRest } from "./keys-at-rest";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const type = () => window.dispatchEvent(new KeyboardEvent("keydown", { key: "a" }));
const pass = (milliseconds: number) =>
  act(() => {
    vi.advanceTimersByTime(milliseconds);
  });

test("who does not type is asked at once", () => {
  const { result } = renderHook(() => useOnceKeysRest(true));
  expect(result.current).toBe(true);
});

test("who types is asked in the first pause, and from then on", () => {
  const { result, rerender } = renderHook((wanted: boolean) => useOnceKeysRest(wanted), {
    initialProps: false,
  });
  type();
  rerender(true);
  for (let letters = 0; letters < 5; letters += 1) {
    pass(900);
    expect(result.current).toBe(false);
    type();
  }
  pass(1_000);
  expect(result.current).toBe(true);
  type();
  pass(100);
  expect(result.current).toBe(true);
});

test("what is not wanted any more is asked anew the next time", () => {
  const { result, rerender } = renderHook((wanted: boolean) => useOnceKeysRest(wanted), {
    initialProps: true,
  });
  rerender(false);
  expect(result.current).toBe(false);
  type();
  rerender(true);
  expect(result.current).toBe(false);
  pass(1_000);
  expect(result.current).toBe(true);
});
