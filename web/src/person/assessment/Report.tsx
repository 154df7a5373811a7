import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useOwnRecord } from "@/api/session";
import { Notice, Page, Panel, Query } from "@/design";
import { useFormat } from "@/format";

import { type FeatureCount, pdfAddress, type Report as Counts, useReport } from "./data";
import { DayLegend, DayStrip } from "./DayStrip";
import { Talk } from "./Talk";
import "./assessment.css";

/** The person's own report: what they said on how many days, and what may come next. */
export default function Report(): ReactElement {
  const { t } = useTranslation("assessment");
  const { assessment } = useParams({ strict: false }) as { assessment: string };
  const report = useReport(useOwnRecord(), assessment);
  return (
    <Page title={t("report.title")} lead={t("report.lead")}>
      <Query query={report}>{(data) => <Body report={data} assessment={assessment} />}</Query>
    </Page>
  );
}

function Body({ report, assessment }: { report: Counts; assessment: string }): ReactElement {
  const { t } = useTranslation("assessment");
  const format = useFormat();
  const death = report.features.find((feature) => feature.id === "death");
  return (
    <>
      <Notice title={t("report.screening")} testId="screening">
        <p>{t("report.screening-text")}</p>
      </Notice>
      {death === undefined || death.reported === 0 ? null : (
        <Notice tone="attention" title={t("report.death", { count: death.reported })}>
          <p>
            {t("report.death-text")} <Link to="/help">{t("talk.help")}</Link>
          </p>
        </Notice>
      )}
      <Panel title={t("report.answered")}>
        <p>
          {t("report.period", {
            start: format.day(report.starts_on),
            end: format.day(report.ends_on),
          })}
        </p>
        <p>{t("report.prompts", { n: report.prompts.answered, of: report.prompts.planned })}</p>
        <p>{t("report.days", { n: report.answered_days, of: report.days })}</p>
        <p className="hf-soft">{t("report.unknown")}</p>
      </Panel>
      <Features title={t("report.features")} features={report.features} legend />
      <Features title={t("report.apart")} features={report.apart} />
      <Panel title={t("report.background")}>
        <ul className="hf-plain-list">
          {report.background.map((one) => (
            <li key={one.id} className="hf-feature">
              <span>{t(`background.${one.id}`)}</span>
              <strong>
                {one.answers.length === 0
                  ? t("known.none")
                  : format.list([...new Set(one.answers.map((each) => t(`known.${each.answer}`)))])}
              </strong>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title={t("report.meaning")}>
        <p>{t("report.meaning-text")}</p>
        <p>{t("report.meaning-limit")}</p>
      </Panel>
      <Talk />
      <ForDoctor assessment={assessment} />
    </>
  );
}

interface FeaturesProps {
  title: string;
  features: FeatureCount[];
  legend?: boolean;
}

function Features({ title, features, legend = false }: FeaturesProps): ReactElement {
  const { t } = useTranslation("assessment");
  return (
    <Panel title={title}>
      {legend ? (
        <>
          <p className="hf-soft">{t("report.counted")}</p>
          <DayLegend />
        </>
      ) : null}
      <ul className="hf-plain-list">
        {features.map((feature) => (
          <li key={feature.id} className="hf-feature">
            <div>
              {t(`features.${feature.id}`)}
              <span className="hf-sheet-note">
                {feature.answered === 0
                  ? t("known.none")
                  : t("of-days", { n: feature.reported, of: feature.answered })}
              </span>
            </div>
            <DayStrip
              days={feature.days}
              reported={feature.reported}
              answered={feature.answered}
            />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function ForDoctor({ assessment }: { assessment: string }): ReactElement {
  const { t, i18n } = useTranslation("assessment");
  const own = useOwnRecord();
  return (
    <Panel title={t("doctor.title")}>
      <p>{t("doctor.text")}</p>
      <div className="hf-buttons">
        <Button
          component="a"
          href={pdfAddress(own, assessment, i18n.language)}
          download
          leftSection={<IconDownload size={18} aria-hidden />}
          data-testid="pdf"
        >
          {t("pdf")}
        </Button>
        <Button
          component={Link}
          to={`/assessment/${assessment}/doctor`}
          variant="default"
        >
          {t("doctor.read")}
        </Button>
      </div>
    </Panel>
  );
}
