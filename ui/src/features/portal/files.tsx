/** Files beside a message: chosen, pasted or dropped, and uploaded at once. */
import { Paperclip, X } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslations } from "use-intl";
import styles from "./portal.module.css";
import { upload, type Attachment } from "@/api/blobs";
import { Button } from "@/components/button";
import { useProblemText } from "@/components/problem-text";

export interface Files {
  files: readonly OwnFile[];
  attachments: Attachment[];
  isUploading: boolean;
  add: (files: Iterable<File>) => void;
  remove: (id: number) => void;
  clear: () => void;
}

interface OwnFile {
  id: number;
  name: string;
  share: number;
  attachment?: Attachment;
  refused?: string;
}

export function useFiles(): Files {
  const words = useProblemText();
  const [files, setFiles] = useState<readonly OwnFile[]>([]);
  const count = useRef(0);
  const change = (id: number, changed: Partial<OwnFile>) =>
    setFiles((before) => before.map((file) => (file.id === id ? { ...file, ...changed } : file)));
  const add = (chosen: Iterable<File>) => {
    for (const file of chosen) {
      const id = ++count.current;
      setFiles((before) => [...before, { id, name: file.name, share: 0 }]);
      upload(file, (share) => change(id, { share }))
        .then((attachment) => change(id, { attachment, share: 1 }))
        .catch((error: unknown) => change(id, { refused: words(error) }));
    }
  };
  return {
    files,
    attachments: files.flatMap((file) => file.attachment ?? []),
    isUploading: files.some((file) => !file.attachment && !file.refused),
    add,
    remove: (id) => setFiles((before) => before.filter((file) => file.id !== id)),
    clear: () => setFiles([]),
  };
}

export function FileList({ held }: { held: Files }) {
  const t = useTranslations("portal");
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className={styles["files"]}>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          held.add(event.target.files ?? []);
          event.target.value = "";
        }}
      />
      <ul aria-live="polite">
        {held.files.map((file) => (
          <li key={file.id} className={styles["file"]}>
            <span>
              {file.name}
              {file.refused && <em className={styles["refused"]}> {file.refused}</em>}
            </span>
            {!file.attachment && !file.refused && (
              <progress value={file.share} aria-label={t("uploading", { name: file.name })} />
            )}
            <Button
              look="quiet"
              icon={X}
              aria-label={t("removeFile", { name: file.name })}
              onClick={() => held.remove(file.id)}
            />
          </li>
        ))}
      </ul>
      <Button look="quiet" icon={Paperclip} onClick={() => input.current?.click()}>
        {t("attach")}
      </Button>
    </div>
  );
}
