/** Changes of saved views. */
import { api, data, newCommandId } from "./client";
import { persistently } from "./commands";
import type { components } from "./schema";
import type { SavedView } from "./views";

export type ViewChange =
  | { name: "rename_saved_view"; fields: { display_name: string } }
  | { name: "move_saved_view"; fields: { folder: string | null } }
  | { name: "refilter_saved_view"; fields: { filter: Record<string, string[]> } }
  | { name: "sort_saved_view"; fields: { sort: string | null; direction: "asc" | "desc" | null } }
  | { name: "choose_saved_view_columns"; fields: { columns: string[] } }
  | { name: "share_saved_view"; fields: Record<string, never> }
  | { name: "unshare_saved_view"; fields: Record<string, never> }
  | { name: "retire_saved_view"; fields: Record<string, never> }
  | { name: "restore_saved_view"; fields: Record<string, never> };

/** Ask for a change of a view, whatever its version is: each of its parts is set by itself. */
export async function viewCommand(view: SavedView, { name, fields }: ViewChange): Promise<void> {
  const id = newCommandId();
  // The paths differ in their last word alone, and the type above says which body goes with which.
  const path =
    `/api/v1/saved-views/{saved_view}/${name}` as "/api/v1/saved-views/{saved_view}/rename_saved_view";
  const hasBody = Object.keys(fields).length > 0;
  await persistently(() =>
    data(
      api.POST(path, {
        params: {
          path: { saved_view: view.id },
          header: { "Idempotency-Key": id, "If-Match": "*" },
        },
        ...(hasBody ? { body: fields as { display_name: string } } : ({} as { body: never })),
      }),
    ),
  );
}

type NewView = Omit<components["schemas"]["CreateSavedViewBody"], "saved_view">;

/** Save a view; gives its id. */
export async function createView(view: NewView): Promise<string> {
  const id = newCommandId();
  await persistently(() =>
    data(
      api.POST("/api/v1/saved-views", {
        params: { header: { "Idempotency-Key": id } },
        body: { ...view, saved_view: id },
      }),
    ),
  );
  return id;
}
