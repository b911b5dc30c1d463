import { Inbox } from "lucide-react";
import { useTranslations } from "use-intl";
import { Empty } from "@/components/empty";

export function SettingsPage() {
  const t = useTranslations();
  return <Empty icon={Inbox} title={t("shell.settings")} />;
}
