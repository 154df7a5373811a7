import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactElement, use } from "react";
import { useTranslation } from "react-i18next";

import { ActiveContext } from "@/api/session";
import { Page, Panel } from "@/design";

import { CrisisLines, WhereAreYou } from "./Lines";
import { MonitoredNotice } from "./MonitoredNotice";

/** Works signed out and without network: everything on it came with the app. */
export default function HelpNow(): ReactElement {
  const { t } = useTranslation("safety");
  const active = use(ActiveContext);
  const own = active?.clientId ?? null;
  return (
    <Page title={t("help.title")} lead={t("help.lead")}>
      <WhereAreYou />
      <CrisisLines />
      {own === null ? null : (
        <Panel title={t("help.plan-title")} tone="calm">
          <p>{t("help.plan")}</p>
          <div className="hf-buttons">
            <Button component={Link} to="/safety-plan" hash="help" variant="default">
              {t("help.plan-open")}
            </Button>
          </div>
        </Panel>
      )}
      {active === null || own === null ? (
        <p className="hf-soft">{t("help.not-monitored")}</p>
      ) : (
        <MonitoredNotice practiceId={active.practice.id} clientId={own} />
      )}
    </Page>
  );
}
