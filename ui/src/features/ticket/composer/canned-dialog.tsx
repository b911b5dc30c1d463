/** All canned responses in their folders, found by a few letters. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { everyCannedResponse } from "@/api/configuration";
import { Pick } from "@/components/pick";

interface CannedDialogProps {
  open: boolean;
  onClose: () => void;
  onPick: (id: string) => void;
}

export function CannedDialog({ open, onClose, onPick }: CannedDialogProps) {
  const t = useTranslations("ticket.compose");
  const found = useQuery({ ...everyCannedResponse, enabled: open }).data ?? [];
  const options = found
    .map(({ id, name, folder, body }) => ({
      id,
      label: name,
      group: folder ?? t("noFolder"),
      about: body.slice(0, 90),
      words: body,
    }))
    .sort((a, b) => a.group.localeCompare(b.group) || a.label.localeCompare(b.label));
  return (
    <Pick
      open={open}
      onClose={onClose}
      title={t("canned")}
      options={options}
      empty={t("cannedEmpty")}
      onPick={onPick}
    />
  );
}
