import { SegmentedControl } from "@mantine/core";
import { lazy, type ReactElement, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useOwnRecord } from "@/api/session";
import type { LifeEventView, ProgressSeries, ProgressView } from "@/api/types";
import { EmptyState, Loading, Page, Panel, Query } from "@/design";
import { deviceTimeZone } from "@/format";

import { useProgress } from "./data";

const ScorePlot = lazy(async () => ({ default: (await import("@/charts")).ScorePlot }));

const DAYS = { month: 31, quarter: 92, all: null } as const;
type Span = keyof typeof DAYS;

const DAY_MS = 86_400_000;

/** The part of the data at or after an instant; series without a point there fall out. */
export function recent(view: ProgressView, since: number | null): ProgressView {
  if (since === null) return view;
  return {
    series: view.series
      .map((series) => ({
        ...series,
        points: series.points.filter((point) => Date.parse(point.at) >= since),
      }))
      .filter((series) => series.points.length > 0),
    events: view.events.filter((event) => Date.parse(event.end ?? event.at) >= since),
  };
}

/** One's own numbers over time, as pictures first; a table stands under each. */
export default function Progress(): ReactElement {
  const { t } = useTranslation("person");
  const progress = useProgress(useOwnRecord());
  const [span, setSpan] = useState<Span>("quarter");
  return (
    <Page title={t("progress.title")} lead={t("progress.lead")} width="wide">
      <SegmentedControl
        aria-label={t("progress.span")}
        value={span}
        onChange={(value) => {
          if (value in DAYS) setSpan(value as Span);
        }}
        data={(Object.keys(DAYS) as Span[]).map((each) => ({
          value: each,
          label: t(`progress.spans.${each}`),
        }))}
      />
      <Query query={progress}>{(view) => <Plots view={view} span={span} />}</Query>
    </Page>
  );
}

function Plots({ view, span }: { view: ProgressView; span: Span }): ReactElement {
  const { t } = useTranslation("person");
  const days = DAYS[span];
  const [opened] = useState(() => Date.now());
  const shown = useMemo(
    () => recent(view, days === null ? null : opened - days * DAY_MS),
    [view, days, opened],
  );
  if (view.series.length === 0) {
    return (
      <EmptyState title={t("progress.empty")}>
        <p className="hf-soft">{t("progress.empty-text")}</p>
      </EmptyState>
    );
  }
  if (shown.series.length === 0) return <EmptyState title={t("progress.none-here")} />;
  const main = shown.series.filter((series) => series.main);
  const rest = shown.series.filter((series) => !series.main);
  return (
    <>
      {main.map((series) => (
        <SeriesPanel key={`${series.instrument}-${series.scale}`} series={series} events={shown.events} />
      ))}
      {rest.length === 0 ? null : (
        <details>
          <summary>{t("progress.parts")}</summary>
          <div className="hf-stack">
            {rest.map((series) => (
              <SeriesPanel
                key={`${series.instrument}-${series.scale}`}
                series={series}
                events={[]}
              />
            ))}
          </div>
        </details>
      )}
    </>
  );
}

interface SeriesProps {
  series: ProgressSeries;
  events: LifeEventView[];
}

function SeriesPanel({ series, events }: SeriesProps): ReactElement {
  const { t } = useTranslation(["person", "instruments"]);
  const name = t(`instruments:scales.${series.instrument}.${series.scale}`, {
    defaultValue: series.title,
  });
  const { change, changepoint } = series;
  const first = series.points[0];
  return (
    <Panel>
      {change === null || change.verdict === "insufficient" ? null : (
        <p>{t(`person:progress.change.${change.verdict}`)}</p>
      )}
      <Suspense fallback={<Loading />}>
        <ScorePlot
          title={name}
          points={series.points.map((point) => ({
            id: point.response_id,
            at: point.at,
            value: point.value,
            band: point.band === null ? null : t(`instruments:bands.${point.band}`),
            historical: point.historical,
          }))}
          range={series.range}
          direction={series.direction}
          bands={series.bands.map((band) => ({ ...band, label: t(`instruments:bands.${band.id}`) }))}
          reliableChange={
            change === null || change.reliable_points === null || first === undefined
              ? null
              : { reference: change.first, referenceAt: first.at, points: change.reliable_points }
          }
          changePoint={
            changepoint === null
              ? null
              : {
                  at: changepoint.at,
                  from: changepoint.earliest,
                  to: changepoint.latest,
                  before: changepoint.level_before,
                  after: changepoint.level_after,
                }
          }
          events={events.map((event) => ({
            id: event.id,
            kind: event.kind,
            label: event.label,
            at: event.at,
            end: event.end,
            dose: event.dose,
            unit: event.unit,
          }))}
          timeZone={deviceTimeZone()}
        />
      </Suspense>
    </Panel>
  );
}
