/** Beside the conversation: what the ticket is, who asks, what was promised, and what is like it. */
import { useTranslations } from "use-intl";
import { Clocks } from "./clocks";
import { Facts } from "./facts";
import { Links } from "./links";
import styles from "./panel.module.css";
import { People } from "./people";
import { RequesterCard } from "./requester";
import { Similar } from "./similar";
import type { Present } from "@/api/live";

export function Panel({ others }: { others: readonly Present[] }) {
  const t = useTranslations("ticket");
  return (
    <div className={styles["panel"]}>
      <Facts />
      <Part title={t("clock.title")}>
        <Clocks />
      </Part>
      <Part title={t("requester")}>
        <RequesterCard />
      </Part>
      <Part title={t("panel.links")}>
        <Links />
      </Part>
      <Part title={t("panel.similar")}>
        <Similar />
      </Part>
      <Part title={t("panel.followers")}>
        <People others={others} />
      </Part>
    </div>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className={styles["part"]}>
      <h2 className={styles["title"]}>{title}</h2>
      {children}
    </section>
  );
}
