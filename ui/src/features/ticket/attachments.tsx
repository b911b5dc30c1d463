/** Files beside a message: images show themselves, everything is opened or downloaded by name. */
import { Download, FileText } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import styles from "./attachments.module.css";
import type { components } from "@/api/schema";
import { Dialog } from "@/components/dialog";
import { useFileSize } from "@/components/file-size";

export type Attachment = components["schemas"]["Attachment"];

/** Kinds that a browser shows without running anything. */
const SHOWN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);

const address = (ticket: string, file: Attachment) =>
  `/api/v1/tickets/${encodeURIComponent(ticket)}/attachments/${file.blob}`;

export function Attachments({ ticket, files }: { ticket: string; files: readonly Attachment[] }) {
  const t = useTranslations("ticket.file");
  const size = useFileSize();
  const [open, setOpen] = useState<Attachment | null>(null);
  return (
    <>
      <ul className={styles["files"]} aria-label={t("files")}>
        {files.map((file, n) => (
          <li key={`${file.blob}/${n}`} className={styles["file"]}>
            {SHOWN.has(file.media_type) ? (
              <button
                type="button"
                className={styles["preview"]}
                aria-label={t("preview", { name: file.name })}
                onClick={() => setOpen(file)}
              >
                <img src={address(ticket, file)} alt="" loading="lazy" />
              </button>
            ) : (
              <FileText aria-hidden="true" size={20} />
            )}
            <span className={styles["facts"]}>
              <span className={styles["name"]}>{file.name}</span>
              <small>{size(file.size)}</small>
            </span>
            <a
              className={styles["download"]}
              href={address(ticket, file)}
              download={file.name}
              aria-label={t("download", { name: file.name })}
              title={t("download", { name: file.name })}
            >
              <Download aria-hidden="true" size={16} />
            </a>
          </li>
        ))}
      </ul>
      <Dialog
        open={open !== null}
        onClose={() => setOpen(null)}
        title={open?.name ?? ""}
        size="large"
      >
        {open && <img className={styles["large"]} src={address(ticket, open)} alt={open.name} />}
      </Dialog>
    </>
  );
}
