import { line as lineOf } from "d3-shape";
import { memo, useId } from "react";

import type { ChartWords, PlacedPoint } from "./describe";
import type { ChartFormats } from "./environment";
import { bandStrips, valueTicks, type Frame, type PlotScale } from "./scale";
import { SeriesLayer } from "./SeriesLayer";
import { TimeAxis } from "./TimeAxis";
import { wallTime } from "./time";
import type { ChangePoint, PlotBand, ReliableChange, TimeDomain } from "./types";

export interface PlotDrawingProps {
  readonly frame: Frame;
  readonly scale: PlotScale;
  readonly domain: TimeDomain;
  readonly range: readonly [number, number];
  readonly bands: readonly PlotBand[];
  readonly placed: readonly PlacedPoint[];
  readonly inspected: PlacedPoint | null;
  readonly reliableChange: ReliableChange | null;
  readonly changePoint: ChangePoint | null;
  readonly doseWalls: readonly number[];
  readonly since: string | null;
  readonly timeZone: string;
  readonly em: number;
  readonly locale: string;
  readonly t: ChartWords;
  readonly formats: ChartFormats;
}

/** The drawing itself. Hidden from assistive technology: the slider, summary and table say the same. */
export function PlotDrawing(props: PlotDrawingProps) {
  const { frame, scale, inspected } = props;
  const clip = useId();
  return (
    <svg width={frame.width} height={frame.height} aria-hidden="true" className="hf-chart__svg">
      <clipPath id={clip}>
        <rect
          x={scale.left - 8}
          y={frame.top - 8}
          width={scale.innerWidth + 16}
          height={scale.innerHeight + 16}
        />
      </clipPath>
      <BandLayer {...props} />
      <CorridorLayer {...props} />
      <ValueAxis {...props} />
      <TimeAxis frame={frame} scale={scale} domain={props.domain} locale={props.locale} em={props.em} />
      {[...new Set(props.doseWalls)].map((wall) => (
        <line
          key={wall}
          className="hf-chart__dose-guide"
          x1={scale.x(wall)}
          x2={scale.x(wall)}
          y1={frame.top}
          y2={frame.height - frame.bottom}
        />
      ))}
      <ChangePointLayer {...props} />
      <SinceLayer {...props} />
      <g clipPath={`url(#${clip})`}>
        <SeriesLayer placed={props.placed} scale={scale} />
      </g>
      {inspected && (
        <g className="hf-chart__cursor">
          <line
            x1={scale.x(inspected.wall)}
            x2={scale.x(inspected.wall)}
            y1={frame.top}
            y2={frame.height - frame.bottom}
          />
          <circle cx={scale.x(inspected.wall)} cy={scale.y(inspected.point.value)} r={7} />
        </g>
      )}
    </svg>
  );
}

/** Whether the margin holds the name of every band; else the legend does. */
export function bandsNamedBeside(frame: Frame, bands: readonly PlotBand[], em: number): boolean {
  return frame.end > 60 * em && bands.every((band) => widthOf(band.label, em) <= frame.end);
}

const BandLayer = memo(function BandLayer({ frame, scale, range, bands, em }: PlotDrawingProps) {
  const named = bandsNamedBeside(frame, bands, em);
  const edge = frame.dir === "rtl" ? scale.left - 8 : scale.right + 8;
  return (
    <g>
      {bandStrips(bands, range, scale.y, 13 * em).map((strip) => (
        <g key={strip.id}>
          <rect
            className="hf-chart__band"
            data-step={Math.round(strip.strength * 4)}
            x={scale.left}
            width={scale.innerWidth}
            y={strip.y}
            height={strip.height}
          />
          {named && strip.labelled && (
            <text
              className="hf-chart__band-label"
              x={edge}
              y={strip.y + strip.height / 2}
              dominantBaseline="central"
              textAnchor="start"
            >
              {strip.label}
            </text>
          )}
        </g>
      ))}
    </g>
  );
});

function ValueAxis({ frame, scale, range, bands, formats }: PlotDrawingProps) {
  const axis = frame.dir === "rtl" ? scale.right : scale.left;
  const away = frame.dir === "rtl" ? 8 : -8;
  return (
    <g className="hf-chart__axis">
      {valueTicks(range, bands).map((value) => (
        <g key={value}>
          <line x1={scale.left} x2={scale.right} y1={scale.y(value)} y2={scale.y(value)} />
          <text x={axis + away} y={scale.y(value)} dominantBaseline="central" textAnchor="end">
            {formats.number(value)}
          </text>
        </g>
      ))}
    </g>
  );
}

/** Where a score may lie without differing from the one at the last meeting by more than noise. */
function CorridorLayer({ scale, range, domain, reliableChange, timeZone }: PlotDrawingProps) {
  const hatch = useId();
  if (!reliableChange) return null;
  const from = scale.x(Math.max(domain[0], wallTime(reliableChange.referenceAt, timeZone)));
  const to = scale.x(domain[1]);
  const high = scale.y(Math.min(range[1], reliableChange.reference + reliableChange.points));
  const low = scale.y(Math.max(range[0], reliableChange.reference - reliableChange.points));
  const x = Math.min(from, to);
  const width = Math.abs(to - from);
  return (
    <g className="hf-chart__corridor">
      <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line x1="0" y1="0" x2="0" y2="6" />
      </pattern>
      <rect x={x} width={width} y={high} height={Math.max(0, low - high)} fill={`url(#${hatch})`} />
      <line x1={x} x2={x + width} y1={high} y2={high} />
      <line x1={x} x2={x + width} y1={low} y2={low} />
    </g>
  );
}

/** Rough width of a label in the drawing's 12-pixel type; it decides only where labels find room. */
const widthOf = (text: string, em: number): number => text.length * 6.6 * em;

interface GuideLabelProps {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly frame: Frame;
  readonly scale: PlotScale;
  readonly em: number;
}

/** A label beside a vertical guide, on the side with more room; none where neither side has enough. */
function GuideLabel({ x, y, text, frame, scale, em }: GuideLabelProps) {
  const toRight = x < (scale.left + scale.right) / 2;
  const room = toRight ? frame.width - x : x;
  if (room < widthOf(text, em) + 8) return null;
  return (
    <text
      x={x + (toRight ? 7 : -7)}
      y={y}
      dominantBaseline="central"
      textAnchor={toRight === (frame.dir === "ltr") ? "start" : "end"}
    >
      {text}
    </text>
  );
}

function ChangePointLayer({ frame, scale, domain, changePoint, timeZone, t, formats, em }: PlotDrawingProps) {
  if (!changePoint) return null;
  const wall = wallTime(changePoint.at, timeZone);
  const x = scale.x(wall);
  const bottom = frame.height - frame.bottom;
  const from = changePoint.from ? scale.x(wallTime(changePoint.from, timeZone)) : null;
  const to = changePoint.to ? scale.x(wallTime(changePoint.to, timeZone)) : null;
  const level = lineOf<readonly [number, number]>();
  return (
    <g className="hf-chart__change">
      {from !== null && to !== null && (
        <rect
          x={Math.max(scale.left, Math.min(from, to))}
          width={Math.min(scale.right, Math.max(from, to)) - Math.max(scale.left, Math.min(from, to))}
          y={frame.top}
          height={bottom - frame.top}
        />
      )}
      <line x1={x} x2={x} y1={frame.top} y2={bottom} />
      <path className="hf-chart__change-mark" d={`M${x} ${frame.top - 7}l5 5l-5 5l-5 -5z`} />
      {changePoint.before != null && (
        <path
          className="hf-chart__level"
          d={level([[scale.x(domain[0]), scale.y(changePoint.before)], [x, scale.y(changePoint.before)]]) ?? ""}
        />
      )}
      {changePoint.after != null && (
        <path
          className="hf-chart__level"
          d={level([[x, scale.y(changePoint.after)], [scale.x(domain[1]), scale.y(changePoint.after)]]) ?? ""}
        />
      )}
      <GuideLabel
        x={x}
        y={frame.top - 23 * em}
        text={t("changeAround", { day: formats.day(wall) })}
        frame={frame}
        scale={scale}
        em={em}
      />
    </g>
  );
}

function SinceLayer({ frame, scale, since, timeZone, t, em }: PlotDrawingProps) {
  if (!since) return null;
  const x = scale.x(wallTime(since, timeZone));
  if (x < scale.left || x > scale.right) return null;
  return (
    <g className="hf-chart__since">
      <line x1={x} x2={x} y1={frame.top - 2} y2={frame.height - frame.bottom} />
      <GuideLabel x={x} y={frame.top - 8 * em} text={t("lastMet")} frame={frame} scale={scale} em={em} />
    </g>
  );
}
