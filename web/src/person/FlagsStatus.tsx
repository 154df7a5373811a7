import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useOwnRecord } from "@/api/session";
import { EmptyState, Page, Panel, Query } from "@/design";
import { useFormat } from "@/format";
import { FlagStatusCard } from "@/safety/FlagStatusCard";

import { useFlags } from "./data";

/** What became of answers that someone should look at. */
export default function FlagsStatus(): ReactElement {
  const { t } = useTranslation("person");
  const format = useFormat();
  const flags = useFlags(useOwnRecord());
  return (
    <Page title={t("flags.title")} lead={t("flags.lead")}>
      <div className="hf-buttons">
        <Button component={Link} to="/help">
          {t("common:nav.help")}
        </Button>
      </div>
      <Query query={flags}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState title={t("flags.none")} />
          ) : (
            <>
              {list.map((flag) => (
                <Panel
                  key={flag.id}
                  title={
                    flag.historical
                      ? t("flags.historical", { date: format.date(flag.answered_at) })
                      : t("flags.of", { date: format.date(flag.answered_at) })
                  }
                >
                  {flag.historical ? (
                    <p>{t("flags.historical-text")}</p>
                  ) : (
                    <FlagStatusCard flag={flag} withHistory />
                  )}
                </Panel>
              ))}
            </>
          )
        }
      </Query>
    </Page>
  );
}
