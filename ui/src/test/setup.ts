import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";
import { afterAll, afterEach, beforeAll } from "vitest";
import { server } from "./server";
import { session } from "@/api/session";

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => {
  cleanup();
  server.resetHandlers();
  localStorage.clear();
  session.leave();
});
afterAll(() => server.close());

// What jsdom lacks.
globalThis.ResizeObserver = class {
  observe() {
    /* nothing is ever resized */
  }
  unobserve() {
    /* as above */
  }
  disconnect() {
    /* as above */
  }
};
Element.prototype.scrollIntoView = () => undefined;
