import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";

import { ConfirmDialog, Page, Panel, Query } from "@/design";

import "./admin.css";
import { AdminProblem } from "./AdminProblem";
import { useAdminInstruments, useAdminWrite } from "./api";
import { useAdminWords } from "./language";
import { Met } from "./State";
import type { InstrumentRow } from "./types";

/** Which questionnaires the practice may use, in which languages, and under which terms. */
export function InstrumentsPage(): ReactElement {
  const { t } = useAdminWords();
  const instruments = useAdminInstruments();
  return (
    <Page title={t("instruments.title")} lead={t("instruments.lead")} width="wide">
      <Query query={instruments}>
        {(list) => (
          <Panel>
            <ul className="ha-list">
              {list.map((each) => (
                <Instrument key={each.id} instrument={each} />
              ))}
            </ul>
          </Panel>
        )}
      </Query>
    </Page>
  );
}

function Instrument({ instrument }: { readonly instrument: InstrumentRow }): ReactElement {
  const { t, moment, language } = useAdminWords();
  const write = useAdminWrite();
  const [asking, setAsking] = useState(false);
  const needsTerms = instrument.acceptance === "practice";
  const accepted = instrument.accepted_at !== null;
  // A licensed questionnaire whose recorded totals are kept has no wording here to give anybody.
  const hasWording = instrument.languages.length > 0;
  const rest = `/instruments/${instrument.id}/accept-terms`;
  return (
    <li data-testid={`instrument-${instrument.id}`}>
      <span className="ha-grow">
        <strong>{instrument.title}</strong>{" "}
        <span className="hf-soft">{t(`topic.${instrument.topic}`, { defaultValue: instrument.topic })}</span>
        <span className="ha-sub">
          {instrument.languages
            .map(({ tag, status }) => `${language(tag)} (${t(`textStatus.${status}`)})`)
            .join(", ")}
        </span>
        <span className="ha-sub">{t("instruments.versions", { versions: instrument.versions.join(", ") })}</span>
        {hasWording ? (
          <Met met={!needsTerms || accepted}>
            {needsTerms
              ? accepted
                ? t("instruments.accepted", { when: moment(instrument.accepted_at ?? "") })
                : t("instruments.notAccepted")
              : t("instruments.free")}
          </Met>
        ) : (
          <span className="ha-sub">{t("instruments.totalsOnly")}</span>
        )}
        {instrument.not_asked ? (
          <span className="ha-sub" data-testid="not-asked">
            {t("instruments.notAsked", { count: instrument.not_asked })}
          </span>
        ) : null}
        {instrument.licence ? (
          <span className="ha-sub" lang="en" dir="ltr">{instrument.licence.name}</span>
        ) : null}
      </span>
      {needsTerms ? (
        <Button
          size="xs"
          variant={accepted ? "default" : "filled"}
          aria-label={t(accepted ? "instruments.withdrawNamed" : "instruments.acceptNamed", { title: instrument.title })}
          loading={write.isPending}
          onClick={() => (accepted ? write.mutate({ method: "delete", rest }) : setAsking(true))}
        >
          {t(accepted ? "instruments.withdraw" : "instruments.accept")}
        </Button>
      ) : null}
      {write.isError ? <AdminProblem error={write.error} /> : null}
      <ConfirmDialog
        opened={asking}
        title={t("instruments.termsOf", { title: instrument.title })}
        confirm={t("instruments.acceptConfirm")}
        busy={write.isPending}
        onClose={() => setAsking(false)}
        onConfirm={() => write.mutate({ method: "post", rest }, { onSuccess: () => setAsking(false) })}
      >
        {instrument.licence ? (
          <>
            <p><strong>{instrument.licence.name}</strong></p>
            <p lang="en" dir="ltr">{instrument.licence.notice}</p>
            <p><bdi dir="ltr">{instrument.licence.source_url}</bdi></p>
          </>
        ) : null}
        <p>{t("instruments.termsHint")}</p>
      </ConfirmDialog>
    </li>
  );
}
