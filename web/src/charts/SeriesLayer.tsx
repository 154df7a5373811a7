import { area as areaOf, line as lineOf } from "d3-shape";
import { memo, useMemo } from "react";

import type { PlacedPoint } from "./describe";
import { envelope, needsEnvelope } from "./downsample";
import type { PlotScale } from "./scale";

interface SeriesLayerProps {
  readonly placed: readonly PlacedPoint[];
  readonly scale: PlotScale;
}

/** Line and marks; where points are too dense to tell apart, their range and mean per column. */
export const SeriesLayer = memo(function SeriesLayer({ placed, scale }: SeriesLayerProps) {
  const dense = needsEnvelope(placed.length, scale.innerWidth);
  return (
    <g className="hf-chart__series">
      {dense ? <Envelope placed={placed} scale={scale} /> : <Marks placed={placed} scale={scale} />}
      {placed
        .filter((entry) => entry.point.flagged)
        .map(({ point, wall }) => (
          <path
            key={point.id}
            className="hf-chart__flagged"
            data-historical={point.historical ? true : undefined}
            d={flagMark(scale.x(wall), scale.y(point.value))}
          />
        ))}
    </g>
  );
});

/** A triangle that stands on the point: told apart from the round marks without colour. */
export function flagMark(x: number, y: number): string {
  return `M${x} ${y - 7}L${x + 6} ${y + 4.5}L${x - 6} ${y + 4.5}Z`;
}

function Envelope({ placed, scale }: SeriesLayerProps) {
  const columns = useMemo(
    () => envelope(placed.map(({ point, wall }) => ({ x: scale.x(wall), value: point.value }))),
    [placed, scale],
  );
  const spread = areaOf<(typeof columns)[number]>()
    .x((column) => column.x)
    .y0((column) => scale.y(column.min))
    .y1((column) => scale.y(column.max));
  const middle = lineOf<(typeof columns)[number]>()
    .x((column) => column.x)
    .y((column) => scale.y(column.mean));
  return (
    <>
      <path className="hf-chart__envelope" d={spread(columns) ?? ""} />
      <path className="hf-chart__line" d={middle(columns) ?? ""} />
    </>
  );
}

function Marks({ placed, scale }: SeriesLayerProps) {
  const path = lineOf<PlacedPoint>()
    .x(({ wall }) => scale.x(wall))
    .y(({ point }) => scale.y(point.value));
  const radius = placed.length > 80 ? 2.5 : 4;
  return (
    <>
      <path className="hf-chart__line" d={path(placed) ?? ""} />
      {placed.map(({ point, wall }) =>
        point.flagged ? null : (
          <circle
            key={point.id}
            className="hf-chart__point"
            data-historical={point.historical ? true : undefined}
            cx={scale.x(wall)}
            cy={scale.y(point.value)}
            r={radius}
          />
        ),
      )}
    </>
  );
}
