import { useMemo, useState } from "react";

import "./charts.css";
import { describeEvent } from "./describe";
import { sideMargins, useChartLanguage, useChartSize, WIDE } from "./environment";
import { EventGlyph } from "./EventGlyph";
import { EventTable } from "./EventTable";
import { Inspector } from "./Inspector";
import { doseSteps, lanesOf, marksOf, placeEvents, type Lane, type PlacedEvent } from "./lanes";
import { EventLegend } from "./PlotLegend";
import { plotScale, type Frame, type PlotScale } from "./scale";
import { TimeAxis } from "./TimeAxis";
import { wallTime } from "./time";
import type { PlotEvent, TimeDomain } from "./types";

export interface TimelineStripProps {
  readonly title: string;
  readonly events: readonly PlotEvent[];
  readonly domain: TimeDomain;
  readonly timeZone: string;
  readonly since?: string | null;
  /** Under a plot: the plot has the axis. */
  readonly embedded?: boolean;
}

const LANE = 30;

/** Flags, meetings, dose steps, treatments and life events on one axis, one lane per kind. */
export function TimelineStrip({ title, events, domain, timeZone, since, embedded }: TimelineStripProps) {
  const { t, locale, dir, formats } = useChartLanguage();
  const [element, size] = useChartSize<HTMLDivElement>();
  const [cursor, setCursor] = useState<number | null>(null);
  const placed = useMemo(() => placeEvents(events, timeZone), [events, timeZone]);
  const lanes = useMemo(() => lanesOf(placed), [placed]);
  const laneHeight = LANE * size.em;
  const frame: Frame = {
    width: size.width,
    height: lanes.length * laneHeight + (embedded ? 4 : 26 * size.em),
    top: 2,
    bottom: embedded ? 2 : 24 * size.em,
    ...sideMargins(size),
    dir,
  };
  const scale = plotScale(frame, domain, [0, 1]);
  const index = cursor === null ? placed.length - 1 : Math.min(cursor, placed.length - 1);
  const shown = placed[index];
  const words = shown ? describeEvent(shown, t, formats) : "";
  if (placed.length === 0) return null;
  return (
    <div className="hf-chart hf-chart--strip">
      <Inspector
        ref={element}
        label={t("inspectEvents", { title })}
        index={index}
        count={placed.length}
        words={words}
        dir={dir}
        onMove={setCursor}
      >
        <svg width={frame.width} height={frame.height} aria-hidden="true" className="hf-chart__svg">
          {since && (
            <g className="hf-chart__since">
              <line
                x1={scale.x(wallTime(since, timeZone))}
                x2={scale.x(wallTime(since, timeZone))}
                y1={0}
                y2={frame.height - frame.bottom}
              />
            </g>
          )}
          {lanes.map((lane, row) => (
            <LaneDrawing
              key={lane.kind}
              lane={lane}
              top={frame.top + row * laneHeight}
              height={laneHeight}
              frame={frame}
              scale={scale}
              domain={domain}
              named={size.width >= WIDE * Math.min(size.em, 1.4)}
              em={size.em}
              inspected={cursor === null ? null : (shown ?? null)}
              onInspect={(entry) => setCursor(entry === null ? null : placed.indexOf(entry))}
              laneName={t(`kind.${lane.kind}`)}
              doseText={(dose, unit) => t("dose", { dose: formats.number(dose), unit })}
            />
          ))}
          {!embedded && (
            <TimeAxis frame={frame} scale={scale} domain={domain} locale={locale} em={size.em} />
          )}
        </svg>
      </Inspector>
      <p className="hf-chart__readout" aria-hidden="true">{words}</p>
      {!embedded && (
        <>
          <EventLegend kinds={lanes.map((lane) => lane.kind)} t={t} />
          <EventTable title={title} placed={placed} />
        </>
      )}
    </div>
  );
}

interface LaneDrawingProps {
  readonly lane: Lane;
  readonly top: number;
  readonly height: number;
  readonly frame: Frame;
  readonly scale: PlotScale;
  readonly domain: TimeDomain;
  readonly named: boolean;
  readonly em: number;
  readonly inspected: PlacedEvent | null;
  readonly onInspect: (entry: PlacedEvent | null) => void;
  readonly laneName: string;
  readonly doseText: (dose: number, unit: string) => string;
}

function LaneDrawing(props: LaneDrawingProps) {
  const { lane, top, height, frame, scale, named } = props;
  const middle = top + height / 2;
  const axis = frame.dir === "rtl" ? scale.right : scale.left;
  return (
    <g className="hf-chart__lane">
      <line x1={scale.left} x2={scale.right} y1={top + height - 1} y2={top + height - 1} />
      {named && (
        <text
          x={axis + (frame.dir === "rtl" ? 10 : -10)}
          y={middle}
          dominantBaseline="central"
          textAnchor="end"
        >
          {props.laneName}
        </text>
      )}
      {lane.kind === "medication" ? <DoseCourse {...props} /> : <Marks {...props} middle={middle} />}
    </g>
  );
}

function DoseCourse({ lane, top, height, scale, domain, em, doseText, inspected, onInspect }: LaneDrawingProps) {
  const plain = lane.events.filter((placed) => placed.event.dose == null);
  const floor = top + height - 2;
  const room = height - 14 * em - 4;
  const steps = doseSteps(lane.events, domain[1]);
  return (
    <>
      {steps.map((step, index) => {
        const x = Math.min(scale.x(step.from), scale.x(step.to));
        const width = Math.abs(scale.x(step.to) - scale.x(step.from));
        const tall = step.share * room;
        const previous = steps[index - 1];
        const before = previous?.label === step.label ? previous.share * room : 0;
        const text = doseText(step.dose, step.unit);
        const holder = lane.events.find((placed) => placed.wall === step.from) ?? null;
        return (
          <g
            key={`${step.label}-${step.from}`}
            onPointerEnter={() => onInspect(holder)}
            onPointerLeave={() => onInspect(null)}
          >
            <rect className="hf-chart__hit" x={x} y={top} width={Math.max(1, width)} height={height} />
            <rect className="hf-chart__dose" x={x} y={floor - tall} width={Math.max(1, width)} height={tall + 1} />
            <line className="hf-chart__dose-edge" x1={x} x2={x + width} y1={floor - tall} y2={floor - tall} />
            <line
              className="hf-chart__dose-edge"
              x1={scale.x(step.from)}
              x2={scale.x(step.from)}
              y1={floor - Math.max(tall, before)}
              y2={floor - (before > 0 ? Math.min(tall, before) : 0)}
            />
            {width > text.length * 6.4 * em && (
              <text x={x + width / 2} y={top + 8 * em} dominantBaseline="central" textAnchor="middle">
                {text}
              </text>
            )}
          </g>
        );
      })}
      <MarkRow events={plain} y={top + height / 2} scale={scale} inspected={inspected} onInspect={onInspect} kind="medication" />
    </>
  );
}

function Marks({ lane, scale, inspected, onInspect, middle }: LaneDrawingProps & { readonly middle: number }) {
  return (
    <>
      {lane.events.map((placed) =>
        placed.endWall === null ? null : (
          <rect
            key={placed.event.id}
            className="hf-chart__span"
            x={Math.min(scale.x(placed.wall), scale.x(placed.endWall))}
            width={Math.abs(scale.x(placed.endWall) - scale.x(placed.wall))}
            y={middle - 3}
            height={6}
            rx={3}
          />
        ),
      )}
      <MarkRow events={lane.events} y={middle} scale={scale} inspected={inspected} onInspect={onInspect} kind={lane.kind} />
    </>
  );
}

interface MarkRowProps {
  readonly events: readonly PlacedEvent[];
  readonly kind: PlotEvent["kind"];
  readonly y: number;
  readonly scale: PlotScale;
  readonly inspected: PlacedEvent | null;
  readonly onInspect: (entry: PlacedEvent | null) => void;
}

function MarkRow({ events, kind, y, scale, inspected, onInspect }: MarkRowProps) {
  return (
    <>
      {marksOf(events, scale.x).map((mark) => {
        const first = mark.events[0]!;
        const current = inspected !== null && mark.events.includes(inspected);
        return (
          <g
            key={first.event.id}
            onPointerEnter={() => onInspect(first)}
            onPointerLeave={() => onInspect(null)}
          >
            <rect className="hf-chart__hit" x={mark.x - 12} y={y - 12} width={24} height={24} />
            {current && <circle className="hf-chart__focus" cx={mark.x} cy={y} r={11} />}
            <EventGlyph kind={kind} x={mark.x} y={y} historical={first.event.historical ?? false} />
            {mark.events.length > 1 && (
              <text className="hf-chart__count" x={mark.x} y={y - 10} dominantBaseline="central" textAnchor="middle">
                {mark.events.length}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}
