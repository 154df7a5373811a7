import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { Page, Panel } from "@/design";

/** Where a researcher starts: what the role can do in this version, and what it cannot yet. */
export default function Research(): ReactElement {
  const { t } = useTranslation("auth");
  return (
    <Page title={t("research.title")} lead={t("research.lead")} width="narrow">
      <Panel title={t("research.now")}>
        <p>{t("research.now-text")}</p>
      </Panel>
      <Panel title={t("research.later")}>
        <p>{t("research.later-text")}</p>
      </Panel>
      <p>
        <Link to="/security">{t("research.account")}</Link>
      </p>
    </Page>
  );
}
