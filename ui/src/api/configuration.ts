/** What people set up for their work: canned responses, macros, custom fields. */
import { queryOptions } from "@tanstack/react-query";
import { api, data, newCommandId } from "./client";
import { persistently } from "./commands";
import { everything, KEPT, page } from "./pages";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type CannedResponse = Schemas["CannedResponse"];
export type Macro = Schemas["Macro"];
export type Field = Schemas["Field"];

/** Their keys begin with the category that live news name: a change there reads them anew. */
export const everyCannedResponse = queryOptions({
  queryKey: ["canned_response", "all"],
  queryFn: () =>
    everything<CannedResponse>((cursor) => data(api.GET("/api/v1/canned-responses", page(cursor)))),
  staleTime: KEPT,
});

export const everyMacro = queryOptions({
  queryKey: ["macro", "all"],
  queryFn: () => everything<Macro>((cursor) => data(api.GET("/api/v1/macros", page(cursor)))),
  staleTime: KEPT,
});

/** Definitions of custom fields, in their order. */
export const everyField = queryOptions({
  queryKey: ["field", "all"],
  queryFn: async () => {
    const found = await everything<Field>((cursor) =>
      data(api.GET("/api/v1/fields", page(cursor))),
    );
    return found.sort((one, other) => one.order - other.order);
  },
  staleTime: KEPT,
});

/** Fields that are not offered any more: what happened to tickets names them still. */
export const retiredFields = queryOptions({
  queryKey: ["field", "retired"],
  queryFn: () =>
    everything<Field>((cursor) => {
      const { params } = page(cursor);
      return data(
        api.GET("/api/v1/fields", { params: { query: { ...params.query, retired: true } } }),
      );
    }),
  staleTime: KEPT,
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
