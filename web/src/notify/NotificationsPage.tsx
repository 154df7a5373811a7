import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { Page } from "@/design";

import Settings from "./Settings";

/** The settings as a screen of its own, for staff. */
export default function NotificationsPage(): ReactElement {
  const { t } = useTranslation("notify");
  return (
    <Page title={t("title")} lead={t("lead")}>
      <Settings />
    </Page>
  );
}
