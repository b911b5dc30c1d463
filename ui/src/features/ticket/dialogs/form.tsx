/** A dialog that is filled in: Enter sends it, and it stays open until what was asked for is done. */
import { useId, useState, type ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";

interface FormProps {
  title: string;
  submit: string;
  onClose: () => void;
  /** Resolves when it was asked for; null or undefined keeps the dialog. */
  onSubmit: () => Promise<unknown>;
  disabled?: boolean;
  size?: "small" | "medium" | "large";
  children: ReactNode;
}

export function FormDialog({
  title,
  submit,
  onClose,
  onSubmit,
  disabled,
  size,
  children,
}: FormProps) {
  const t = useTranslations("common");
  const id = useId();
  const [busy, setBusy] = useState(false);
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      size={size ?? "small"}
      foot={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" form={id} look="primary" busy={busy} disabled={disabled ?? false}>
            {submit}
          </Button>
        </>
      }
    >
      <form
        id={id}
        style={{ display: "grid", gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (busy) return;
          setBusy(true);
          void onSubmit()
            .then((done) => {
              if (done) onClose();
            })
            .finally(() => setBusy(false));
        }}
      >
        {children}
      </form>
    </Dialog>
  );
}
