import { Switch } from "@mantine/core";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import type { ConsentView } from "@/api/types";
import { ErrorState, Panel, Query } from "@/design";
import { useFormat } from "@/format";

import { useList } from "./useList";

/** Purposes that can be decided about in this version. */
const PURPOSES = ["care_team", "crisis_contact", "research"] as const;

export default function Consents(): ReactElement {
  const { t } = useTranslation("person");
  const format = useFormat();
  const list = useList<ConsentView>("consents");
  const busy = list.add.isPending || list.remove.isPending;
  return (
    <Query query={list.rows}>
      {(rows) => (
        <>
          {PURPOSES.map((purpose) => {
            const standing = rows.find(
              (row) => row.purpose === purpose && row.withdrawn_at === null,
            );
            return (
              <Panel key={purpose} title={t(`consents.${purpose}.title`)}>
                <p>{t(`consents.${purpose}.text`)}</p>
                <Switch
                  label={t("consents.agree")}
                  aria-label={`${t("consents.agree")}: ${t(`consents.${purpose}.title`)}`}
                  checked={standing !== undefined}
                  disabled={busy}
                  onChange={(event) => {
                    if (event.currentTarget.checked) list.add.mutate({ purpose });
                    else if (standing !== undefined) list.remove.mutate(standing.id);
                  }}
                />
                {standing === undefined ? null : (
                  <p className="hf-soft hf-small">
                    {t("consents.since", { date: format.date(standing.given_at) })}
                  </p>
                )}
              </Panel>
            );
          })}
          {list.add.isError ? <ErrorState error={list.add.error} /> : null}
          {list.remove.isError ? <ErrorState error={list.remove.error} /> : null}
        </>
      )}
    </Query>
  );
}
