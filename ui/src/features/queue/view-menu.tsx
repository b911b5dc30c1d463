/** Saved views are made and changed where they are looked at. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Bookmark } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Layout } from "./layout";
import type { Wanted } from "./wanted";
import { createView, viewCommand, type ViewChange } from "@/api/view-commands";
import { savedViews, type SavedView } from "@/api/views";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { TextField } from "@/components/field";
import { Menu, MenuItem } from "@/components/menu";
import { useProblemText } from "@/components/problem-text";
import { useTell } from "@/components/toasts";

interface ViewMenuProps {
  wanted: Wanted;
  saved: SavedView | undefined;
  layout: Layout;
  onGo: (wanted: Wanted) => void;
}

export function ViewMenu({ wanted, saved, layout, onGo }: ViewMenuProps) {
  const t = useTranslations();
  const tell = useTell();
  const words = useProblemText();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<"create" | "rename" | null>(null);
  const renew = () => queries.invalidateQueries({ queryKey: savedViews.queryKey });
  const change = useMutation({
    mutationFn: ({ view, asked }: { view: SavedView; asked: ViewChange }) =>
      viewCommand(view, asked),
    onSettled: renew,
    onError: (error) => tell({ text: words(error), kind: "refused" }),
  });
  const ask = (asked: ViewChange) => {
    if (saved) change.mutate({ view: saved, asked });
  };
  const filter = filterOf(wanted, saved);
  const retire = () => {
    if (!saved) return;
    change.mutate(
      { view: saved, asked: { name: "retire_saved_view", fields: {} } },
      {
        onSuccess: () => {
          onGo({ view: "unresolved", filters: {} });
          tell({
            text: t("queue.viewRetired", { name: saved.name }),
            action: {
              label: t("common.undo"),
              run: () =>
                change.mutate({ view: saved, asked: { name: "restore_saved_view", fields: {} } }),
            },
          });
        },
      },
    );
  };
  const narrowed = Object.keys(wanted.filters).length > 0 || wanted.sort !== undefined;
  return (
    <>
      <Menu
        label={t("queue.viewMenu")}
        button={<Button look="quiet" icon={Bookmark} aria-label={t("queue.viewMenu")} />}
      >
        <MenuItem onSelect={() => setAsking("create")}>{t("queue.saveAs")}</MenuItem>
        {saved && (
          <>
            <MenuItem
              disabled={!narrowed}
              onSelect={() => {
                ask({ name: "refilter_saved_view", fields: { filter } });
                if (wanted.sort)
                  ask({
                    name: "sort_saved_view",
                    fields: { sort: wanted.sort, direction: wanted.direction ?? "asc" },
                  });
                onGo({ saved: saved.id, filters: {} });
              }}
            >
              {t("queue.saveFilter")}
            </MenuItem>
            <MenuItem
              onSelect={() =>
                ask({ name: "choose_saved_view_columns", fields: { columns: [...layout.columns] } })
              }
            >
              {t("queue.saveColumns")}
            </MenuItem>
            <MenuItem onSelect={() => setAsking("rename")}>{t("queue.renameView")}</MenuItem>
            <MenuItem
              onSelect={() =>
                ask({ name: saved.shared ? "unshare_saved_view" : "share_saved_view", fields: {} })
              }
            >
              {t(saved.shared ? "queue.unshareView" : "queue.shareView")}
            </MenuItem>
            <MenuItem onSelect={retire}>{t("queue.retireView")}</MenuItem>
          </>
        )}
      </Menu>
      {asking && (
        <NameDialog
          saved={asking === "rename" ? saved : undefined}
          onClose={() => setAsking(null)}
          onSubmit={async (name, folder) => {
            if (asking === "rename" && saved) {
              if (name !== saved.name)
                await viewCommand(saved, {
                  name: "rename_saved_view",
                  fields: { display_name: name },
                });
              if ((folder || null) !== saved.folder)
                await viewCommand(saved, {
                  name: "move_saved_view",
                  fields: { folder: folder || null },
                });
            } else {
              const id = await createView({
                display_name: name,
                folder: folder || null,
                shared: false,
                order: 0,
                filter,
                sort: (wanted.sort ?? null) as null,
                direction: wanted.direction ?? null,
                columns: [...layout.columns],
              });
              await renew();
              onGo({ saved: id, filters: {} });
            }
            await renew();
          }}
        />
      )}
    </>
  );
}

/** What is looked at now as a filter: what the view says, and what narrows it. */
function filterOf(wanted: Wanted, saved: SavedView | undefined): Record<string, string[]> {
  return {
    ...saved?.filter,
    ...(wanted.view ? { view: [wanted.view] } : {}),
    ...(wanted.filters as Record<string, string[]>),
  };
}

interface NameDialogProps {
  saved: SavedView | undefined;
  onClose: () => void;
  onSubmit: (name: string, folder: string) => Promise<void>;
}

function NameDialog({ saved, onClose, onSubmit }: NameDialogProps) {
  const t = useTranslations();
  const words = useProblemText();
  const save = useMutation({
    mutationFn: ({ name, folder }: { name: string; folder: string }) => onSubmit(name, folder),
    onSuccess: onClose,
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(saved ? "queue.renameView" : "queue.saveAs")}
      foot={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" form="view-name" look="primary" busy={save.isPending}>
            {t("common.save")}
          </Button>
        </>
      }
    >
      <form
        id="view-name"
        style={{ display: "grid", gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const text = (field: string) => (form.get(field) as string).trim();
          save.mutate({ name: text("name"), folder: text("folder") });
        }}
      >
        <TextField
          label={t("queue.viewName")}
          name="name"
          defaultValue={saved?.name ?? ""}
          required
          maxLength={200}
          error={save.error && words(save.error)}
        />
        <TextField
          label={t("queue.folder")}
          hint={t("queue.folderHint")}
          name="folder"
          defaultValue={saved?.folder ?? ""}
          maxLength={200}
        />
      </form>
    </Dialog>
  );
}
