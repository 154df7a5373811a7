import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { Page } from "@/design";

import Calendar from "./Calendar";

/** The calendar as a screen of its own, for staff. */
export default function CalendarPage(): ReactElement {
  const { t } = useTranslation("calendars");
  return (
    <Page title={t("title")} lead={t("lead")}>
      <Calendar />
    </Page>
  );
}
