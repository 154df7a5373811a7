import { Button, NativeSelect } from "@mantine/core";
import { type ReactElement, useMemo, useState } from "react";

import { type PlotEvent, ScorePlot, sharedDomain, TimelineStrip } from "@/charts";

import {
  corridor,
  fromInstant,
  mainFirst,
  plotBands,
  plotChangePoint,
  plotEvents,
  plotPoints,
  seriesKey,
} from "./course";
import { bandWords, scaleTitle, useClinicWords } from "./language";
import { Section } from "./Section";
import type { Overview, Series } from "./types";
import { useEventNames } from "./useEventNames";

const SPANS = ["all", "since", "quarter", "year"] as const;
type Span = (typeof SPANS)[number];

const DAY = 86_400_000;
const AT_FIRST = 3;

function startOf(span: Span, overview: Overview): string | null {
  if (span === "since") return overview.since;
  if (span === "all") return null;
  const last = overview.series.flatMap((series) => series.points.map((point) => point.at)).sort().at(-1);
  if (last === undefined) return null;
  return new Date(Date.parse(last) - (span === "quarter" ? 91 : 365) * DAY).toISOString();
}

interface CourseProps {
  readonly overview: Overview;
  /** Texts that the person shared, once they are opened on this device. */
  readonly shared: readonly PlotEvent[];
}

/** Every series over time on one shared axis, with change points, dose steps, events and shared texts. */
export function CourseSection({ overview, shared }: CourseProps): ReactElement {
  const { t } = useClinicWords();
  const names = useEventNames();
  const [span, setSpan] = useState<Span>("all");
  const [all, setAll] = useState(false);
  const timeZone = overview.client.time_zone;
  const start = startOf(span, overview);
  const events = useMemo(
    () => fromInstant([...plotEvents(overview, names), ...shared], start),
    [overview, names, shared, start],
  );
  const shown = useMemo(
    () =>
      mainFirst(overview.series).slice(0, all ? undefined : AT_FIRST).map((series) => ({
        ...series,
        points: fromInstant(series.points, start),
      })),
    [overview.series, all, start],
  );
  const domain = useMemo(
    () =>
      sharedDomain(
        [
          ...shown.flatMap((series) => series.points.map((point) => point.at)),
          ...events.map((event) => event.at),
        ],
        timeZone,
      ),
    [shown, events, timeZone],
  );
  const rest = overview.series.length - AT_FIRST;
  return (
    <Section
      id="course"
      title={t("course.title")}
      actions={
        <NativeSelect
          size="sm"
          aria-label={t("course.span")}
          value={span}
          onChange={(event) => setSpan(event.currentTarget.value as Span)}
          data={SPANS.filter((each) => each !== "since" || overview.since !== null).map((value) => ({
            value,
            label: t(`course.spans.${value}`),
          }))}
        />
      }
    >
      {overview.series.length === 0 ? <p className="hf-soft">{t("course.none")}</p> : null}
      {overview.series.length === 0 && shared.length > 0 ? (
        <TimelineStrip
          title={t("since.events")}
          events={events}
          domain={domain}
          timeZone={timeZone}
          since={overview.since}
        />
      ) : null}
      {shown.map((series, index) => (
        <SeriesPlot
          key={seriesKey(series)}
          series={series}
          overview={overview}
          domain={domain}
          events={index === 0 ? events : undefined}
        />
      ))}
      {rest > 0 ? (
        <Button variant="default" size="sm" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? t("course.fewer") : t("course.more", { count: rest })}
        </Button>
      ) : null}
    </Section>
  );
}

interface SeriesPlotProps {
  readonly series: Series;
  readonly overview: Overview;
  readonly domain: readonly [number, number];
  readonly events: ReturnType<typeof plotEvents> | undefined;
}

function SeriesPlot({ series, overview, domain, events }: SeriesPlotProps): ReactElement {
  const words = useClinicWords();
  const name = (band: string) => bandWords(words, band) ?? band;
  const { trend } = series;
  return (
    <div className="hc-series">
    <ScorePlot
      title={scaleTitle(series, words)}
      points={plotPoints(series, overview.flags, name)}
      range={series.range}
      direction={series.direction}
      bands={plotBands(series, name)}
      reliableChange={corridor(series, overview.scores, overview.since)}
      changePoint={plotChangePoint(series)}
      since={overview.since}
      timeZone={overview.client.time_zone}
      domain={domain}
      {...(events === undefined ? {} : { events })}
    />
    {trend === null ? null : (
      <p className="hf-soft hf-small">
        {words.t("course.trend", {
          week: words.fine(trend.per_week),
          low: words.fine(trend.low),
          high: words.fine(trend.high),
          n: words.number(trend.n),
        })}
      </p>
    )}
    </div>
  );
}
