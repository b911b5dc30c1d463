/** The one way to the API: typed by its own description, safe against repeats, says who asks. */
import createClient, { type Middleware } from "openapi-fetch";
import { ProblemError, refused, UnreachableError } from "./problems";
import type { paths } from "./schema";
import { session } from "./session";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** The latest change made here: reads carry it, so that nobody misses what they just did. */
let position: string | null = null;

const envelope: Middleware = {
  onRequest({ request }) {
    if (SAFE.has(request.method)) {
      if (position) request.headers.set("X-Chronodesk-Position", position);
    } else if (session.csrf) request.headers.set("X-CSRF-Token", session.csrf);
    return request;
  },
  async onResponse({ request, response }) {
    position = response.headers.get("X-Chronodesk-Position") ?? position;
    if (response.ok || response.status === 304) return undefined;
    if (response.status === 401 && !request.url.endsWith("/api/v1/session")) session.expire();
    return refused(response);
  },
  onError({ error }) {
    if (error instanceof ProblemError) return error;
    if (error instanceof DOMException && error.name === "AbortError") return error;
    return new UnreachableError();
  },
};

/** What asks the API. Tests replace `fetch`, so it is looked up at each request. */
export const api = createClient<paths>({
  baseUrl: globalThis.location.origin,
  credentials: "same-origin",
  fetch: (request) => globalThis.fetch(request),
});
api.use(envelope);

/**
 * The body of an answer. Refusals are thrown before it comes to this, as ProblemError.
 *
 *     const me = await data(api.GET("/api/v1/me"));
 */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

/** A name for a command that stays the same when it has to be sent again. */
export const newCommandId = (): string => crypto.randomUUID();

/** Forget what was written here, such as when somebody else signs in. */
export function forgetPosition(): void {
  position = null;
}
