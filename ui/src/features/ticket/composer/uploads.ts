/** Files that are being added to what somebody writes. */
import { useCallback, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { upload, type Attachment } from "@/api/blobs";
import { useProblemText } from "@/components/problem-text";
import { useTell } from "@/components/toasts";

export interface Uploading {
  id: number;
  name: string;
  share: number;
  stop: () => void;
}

/** `add` is called with each file that has arrived. */
export function useUploads(add: (file: Attachment) => void) {
  const t = useTranslations("ticket.compose");
  const tell = useTell();
  const words = useProblemText();
  const [running, setRunning] = useState<readonly Uploading[]>([]);
  const count = useRef(0);
  const begin = useCallback(
    (files: Iterable<File>) => {
      for (const file of files) {
        const id = ++count.current;
        const control = new AbortController();
        setRunning((now) => [
          ...now,
          { id, name: file.name, share: 0, stop: () => control.abort() },
        ]);
        const progress = (share: number) =>
          setRunning((now) => now.map((one) => (one.id === id ? { ...one, share } : one)));
        void upload(file, progress, control.signal)
          .then(add)
          .catch((error: unknown) => {
            if (error instanceof DOMException && error.name === "AbortError") return;
            tell({
              kind: "refused",
              text: t("uploadFailed", { name: file.name, why: words(error) }),
            });
          })
          .finally(() => setRunning((now) => now.filter((one) => one.id !== id)));
      }
    },
    [add, tell, t, words],
  );
  return { running, begin };
}
