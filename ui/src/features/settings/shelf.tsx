/** A list of things that people set up, in their folders, each of which can be changed and removed. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslations } from "use-intl";
import styles from "./settings.module.css";
import { changeThing, type Thing } from "@/api/configuration";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Empty } from "@/components/empty";
import { useProblemText } from "@/components/problem-text";
import { useTell } from "@/components/toasts";
import { Waiting } from "@/components/waiting";

interface Shelved {
  id: string;
  name: string;
  folder: string | null;
  shared?: boolean;
}

interface ShelfProps<T extends Shelved> {
  thing: Thing;
  title: string;
  items: readonly T[] | undefined;
  about: (item: T) => ReactNode;
  /** The form for one that is there, or for a new one. */
  form: (item: T | null, done: () => void) => ReactNode;
}

export function Shelf<T extends Shelved>({ thing, title, items, about, form }: ShelfProps<T>) {
  const t = useTranslations();
  const tell = useTell();
  const words = useProblemText();
  const queries = useQueryClient();
  const [editing, setEditing] = useState<T | "new" | null>(null);
  const change = useMutation({
    mutationFn: ({ item, name }: { item: T; name: string }) => changeThing(thing, item.id, name),
    onSettled: () => queries.invalidateQueries({ queryKey: [thing] }),
    onError: (error) => tell({ text: words(error), kind: "refused" }),
  });
  const retire = (item: T) =>
    change.mutate(
      { item, name: `retire_${thing}` },
      {
        onSuccess: () =>
          tell({
            text: t("settings.removed", { name: item.name }),
            action: {
              label: t("common.undo"),
              run: () => change.mutate({ item, name: `restore_${thing}` }),
            },
          }),
      },
    );
  if (!items) return <Waiting lines={4} />;
  const folders = [...new Set(items.map((item) => item.folder ?? ""))].sort();
  const done = () => {
    setEditing(null);
    void queries.invalidateQueries({ queryKey: [thing] });
  };
  return (
    <>
      <header className={styles["head"]}>
        <h2>{title}</h2>
        <Button look="primary" icon={Plus} onClick={() => setEditing("new")}>
          {t("settings.new")}
        </Button>
      </header>
      {items.length === 0 && <Empty title={t("settings.none")}>{t("settings.noneText")}</Empty>}
      {folders.map((folder) => (
        <section key={folder}>
          {folder && <h3 className={styles["folder"]}>{folder}</h3>}
          <ul className={styles["list"]}>
            {items
              .filter((item) => (item.folder ?? "") === folder)
              .map((item) => (
                <li key={item.id} className={styles["line"]}>
                  <span className={styles["name"]}>
                    {item.name}
                    <small>{about(item)}</small>
                  </span>
                  {item.shared !== undefined && (
                    <Button
                      look="quiet"
                      onClick={() =>
                        change.mutate({
                          item,
                          name: `${item.shared ? "unshare" : "share"}_${thing}`,
                        })
                      }
                    >
                      {t(item.shared ? "settings.unshare" : "settings.share")}
                    </Button>
                  )}
                  <Button
                    look="quiet"
                    icon={Pencil}
                    aria-label={t("settings.edit", { name: item.name })}
                    onClick={() => setEditing(item)}
                  />
                  <Button
                    look="quiet"
                    icon={Trash2}
                    aria-label={t("settings.remove", { name: item.name })}
                    onClick={() => retire(item)}
                  />
                </li>
              ))}
          </ul>
        </section>
      ))}
      <Dialog
        open={editing !== null}
        onClose={() => setEditing(null)}
        title={editing === "new" || !editing ? t("settings.new") : editing.name}
        size="medium"
      >
        {editing !== null && form(editing === "new" ? null : editing, done)}
      </Dialog>
    </>
  );
}

interface FormProps {
  children: ReactNode;
  /** Asks for all that changed. What is refused is said, and the form stays as it is. */
  onSave: () => Promise<void>;
  onDone: () => void;
}

/** A form in the dialog, with its button and what was refused. */
export function ShelfForm({ children, onSave, onDone }: FormProps) {
  const t = useTranslations("common");
  const words = useProblemText();
  const save = useMutation({ mutationFn: onSave, onSuccess: onDone });
  return (
    <form
      className={styles["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      {children}
      {save.error && (
        <p role="alert" className={styles["refused"]}>
          {words(save.error)}
        </p>
      )}
      <div>
        <Button type="submit" look="primary" busy={save.isPending}>
          {t("save")}
        </Button>
      </div>
    </form>
  );
}
