/** What people set up for their work: canned responses, macros, custom fields. */
import { queryOptions } from "@tanstack/react-query";
import { api, data, newCommandId } from "./client";
import { persistently } from "./commands";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type CannedResponse = Schemas["CannedResponse"];
export type Macro = Schemas["Macro"];
export type Field = Schemas["Field"];

/** The largest page. */
const MOST = 200;

/** Their keys begin with the category that live news name: a change there reads them anew. */
export const everyCannedResponse = queryOptions({
  queryKey: ["canned_response", "all"],
  queryFn: async ({ signal }) =>
    (
      await data(
        api.GET("/api/v1/canned-responses", { params: { query: { limit: MOST } }, signal }),
      )
    ).items,
});

export const everyMacro = queryOptions({
  queryKey: ["macro", "all"],
  queryFn: async ({ signal }) =>
    (await data(api.GET("/api/v1/macros", { params: { query: { limit: MOST } }, signal }))).items,
});

export const everyField = queryOptions({
  queryKey: ["field", "all"],
  queryFn: async ({ signal }) => (await data(api.GET("/api/v1/fields", { signal }))).items,
});

const COLLECTIONS = {
  canned_response: "canned-responses",
  macro: "macros",
  field: "fields",
} as const;
export type Thing = keyof typeof COLLECTIONS;

/** Ask for a change of one of these things, such as `rename_macro`. */
export async function changeThing(
  thing: Thing,
  id: string,
  name: string,
  fields?: Record<string, unknown>,
): Promise<void> {
  const key = newCommandId();
  // All of them are asked for alike, at addresses that differ in three words.
  const path =
    `/api/v1/${COLLECTIONS[thing]}/{${thing}}/${name}` as "/api/v1/macros/{macro}/rename_macro";
  await persistently(() =>
    data(
      api.POST(path, {
        params: {
          path: { [thing]: id } as { macro: string },
          header: { "Idempotency-Key": key, "If-Match": "*" },
        },
        ...(fields ? { body: fields as { display_name: string } } : ({} as { body: never })),
      }),
    ),
  );
}

/** Begin one; gives its id. Without `id` it gets one that nobody reads. */
export async function createThing(
  thing: Thing,
  fields: Record<string, unknown>,
  id: string = newCommandId(),
): Promise<string> {
  const key = newCommandId();
  const path = `/api/v1/${COLLECTIONS[thing]}` as "/api/v1/macros";
  await persistently(() =>
    data(
      api.POST(path, {
        params: { header: { "Idempotency-Key": key } },
        body: { ...fields, [thing]: id } as never,
      }),
    ),
  );
  return id;
}
