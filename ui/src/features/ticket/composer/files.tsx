/** Files beside what is being written: those that arrived, and those on their way. */
import { X } from "lucide-react";
import { useTranslations } from "use-intl";
import styles from "./composer.module.css";
import type { Uploading } from "./uploads";
import type { Attachment } from "@/api/blobs";
import { useFileSize } from "@/components/file-size";

interface FilesProps {
  files: readonly Attachment[];
  running: readonly Uploading[];
  onRemove: (at: number) => void;
}

export function Files({ files, running, onRemove }: FilesProps) {
  const t = useTranslations("ticket.compose");
  const size = useFileSize();
  if (files.length + running.length === 0) return null;
  return (
    <ul className={styles["files"]}>
      {files.map((file, n) => (
        <li key={`${file.blob}/${n}`} className={styles["file"]}>
          <span>{file.name}</span>
          <small>{size(file.size)}</small>
          <button
            type="button"
            aria-label={t("removeFile", { name: file.name })}
            onClick={() => onRemove(n)}
          >
            <X aria-hidden="true" size={14} />
          </button>
        </li>
      ))}
      {running.map((file) => (
        <li key={file.id} className={styles["file"]}>
          <span>{file.name}</span>
          <progress
            max={1}
            value={file.share}
            aria-label={t("uploading", { name: file.name, percent: file.share })}
          />
          <button
            type="button"
            aria-label={t("removeFile", { name: file.name })}
            onClick={file.stop}
          >
            <X aria-hidden="true" size={14} />
          </button>
        </li>
      ))}
    </ul>
  );
}
