import { useId, useMemo, useState } from "react";

import "./charts.css";
import { describePoint, summaryOf } from "./describe";
import { needsEnvelope } from "./downsample";
import { sideMargins, useChartLanguage, useChartSize } from "./environment";
import { EventTable } from "./EventTable";
import { Inspector } from "./Inspector";
import { lanesOf, placeEvents } from "./lanes";
import { bandsNamedBeside, PlotDrawing } from "./PlotDrawing";
import { PlotLegend } from "./PlotLegend";
import { PlotTable } from "./PlotTable";
import { nearestIndex, plotScale } from "./scale";
import { paddedDomain, wallTime } from "./time";
import { TimelineStrip } from "./TimelineStrip";
import type {
  ChangePoint,
  Direction,
  PlotBand,
  PlotEvent,
  PlotPoint,
  ReliableChange,
  TimeDomain,
} from "./types";

export interface ScorePlotProps {
  readonly title: string;
  readonly points: readonly PlotPoint[];
  readonly range: readonly [number, number];
  readonly direction: Direction;
  readonly bands?: readonly PlotBand[];
  readonly reliableChange?: ReliableChange | null;
  readonly changePoint?: ChangePoint | null;
  /** Drawn under the plot on the same axis. */
  readonly events?: readonly PlotEvent[];
  /** Instant of the last finished meeting. */
  readonly since?: string | null;
  /** Zone whose calendar days the axis shows: the person's. */
  readonly timeZone: string;
  /** Shared axis for several plots, from `sharedDomain`; by default the plot's own. */
  readonly domain?: TimeDomain;
  /** Height of the drawing in units of 16 pixels of text. */
  readonly height?: number;
}

// Stable empties: a new array for every drawing would compute everything anew.
const NONE: readonly PlotBand[] = [];
const NO_EVENTS: readonly PlotEvent[] = [];

/** Domain that holds every given instant, for plots that stand under each other. */
export function sharedDomain(instants: readonly string[], timeZone: string): TimeDomain {
  return paddedDomain(instants.map((at) => wallTime(at, timeZone)));
}

/** A series of scores over time. Arrow keys or a pointer inspect each answer; a table holds all. */
export function ScorePlot(props: ScorePlotProps) {
  const { points, range, timeZone, bands = NONE, events = NO_EVENTS, since = null } = props;
  const { t, locale, dir, formats } = useChartLanguage();
  const [element, size] = useChartSize<HTMLDivElement>();
  const [cursor, setCursor] = useState<number | null>(null);
  const titleId = useId();

  const placed = useMemo(
    () =>
      points
        .map((point) => ({ point, wall: wallTime(point.at, timeZone) }))
        .sort((a, b) => a.wall - b.wall),
    [points, timeZone],
  );
  const walls = useMemo(() => placed.map((entry) => entry.wall), [placed]);
  const placedEvents = useMemo(() => placeEvents(events, timeZone), [events, timeZone]);
  const doseWalls = placedEvents
    .filter(({ event }) => event.kind === "medication")
    .map(({ wall }) => wall);
  const domain = useMemo(
    () =>
      props.domain ??
      paddedDomain([
        ...walls,
        ...placedEvents.map((entry) => entry.wall),
        ...(since ? [wallTime(since, timeZone)] : []),
      ]),
    [props.domain, walls, placedEvents, since, timeZone],
  );
  const frame = useMemo(
    () => ({
      width: size.width,
      height: (props.height ?? 13) * 16 * size.em,
      top: 34 * size.em,
      bottom: 24 * size.em,
      ...sideMargins(size),
      dir,
    }),
    [size, props.height, dir],
  );
  const scale = useMemo(() => plotScale(frame, domain, range), [frame, domain, range]);

  const last = placed.length - 1;
  const index = cursor === null ? last : Math.min(cursor, last);
  const shown = placed[index];
  const words = (at: number) => {
    const entry = placed[at];
    return entry ? describePoint(entry.point, entry.wall, range, t, formats) : t("noPoints");
  };

  const onPoint = (x: number) => {
    const nearest = nearestIndex(walls, scale.wallAt(x));
    if (nearest >= 0) setCursor(nearest);
  };
  const drawing = (
    <PlotDrawing
      frame={frame}
      scale={scale}
      domain={domain}
      range={range}
      bands={bands}
      placed={placed}
      inspected={cursor === null ? null : (shown ?? null)}
      reliableChange={props.reliableChange ?? null}
      changePoint={props.changePoint ?? null}
      doseWalls={doseWalls}
      since={since}
      timeZone={timeZone}
      em={size.em}
      locale={locale}
      t={t}
      formats={formats}
    />
  );

  return (
    <figure className="hf-chart" aria-labelledby={titleId}>
      <figcaption className="hf-chart__head">
        <span id={titleId} className="hf-chart__title">{props.title}</span>
        {props.direction === "none" ? null : (
          <span className="hf-chart__direction">{t(`direction.${props.direction}`)}</span>
        )}
        <span className="hf-chart__readout" aria-hidden="true">{words(index)}</span>
      </figcaption>
      <p className="hf-visually-hidden">{summaryOf(placed, t, formats)}</p>
      {placed.length === 0 ? (
        <div ref={element} className="hf-chart__canvas">{drawing}</div>
      ) : (
        <Inspector
          ref={element}
          label={t("inspect", { title: props.title })}
          index={index}
          count={placed.length}
          words={words(index)}
          dir={dir}
          onMove={setCursor}
          onPoint={onPoint}
        >
          {drawing}
        </Inspector>
      )}
      {events.length > 0 && (
        <TimelineStrip
          title={t("eventsOf", { title: props.title })}
          events={events}
          domain={domain}
          timeZone={timeZone}
          since={since}
          embedded
        />
      )}
      <PlotLegend
        historical={placed.some((entry) => entry.point.historical)}
        flagged={placed.some((entry) => entry.point.flagged)}
        dense={needsEnvelope(placed.length, scale.innerWidth)}
        corridor={props.reliableChange ?? null}
        changePoint={props.changePoint ?? null}
        bands={bandsNamedBeside(frame, bands, size.em) ? [] : bands}
        kinds={lanesOf(placedEvents).map((lane) => lane.kind)}
        t={t}
        formats={formats}
        timeZone={timeZone}
      />
      <div className="hf-chart__tables">
        <PlotTable title={props.title} placed={placed} withBand={bands.length > 0} t={t} formats={formats} />
        {placedEvents.length > 0 && (
          <EventTable title={t("eventsOf", { title: props.title })} placed={placedEvents} />
        )}
      </div>
    </figure>
  );
}
