import { memo } from "react";

import type { Frame, PlotScale } from "./scale";
import { timeTicks } from "./time";
import type { TimeDomain } from "./types";

interface TimeAxisProps {
  readonly frame: Frame;
  readonly scale: PlotScale;
  readonly domain: TimeDomain;
  readonly locale: string;
  readonly em: number;
}

/** Calendar ticks along the bottom edge, as many as fit the reader's text size. */
export const TimeAxis = memo(function TimeAxis({ frame, scale, domain, locale, em }: TimeAxisProps) {
  const bottom = frame.height - frame.bottom;
  const most = Math.max(2, Math.floor(scale.innerWidth / (64 * em)));
  return (
    <g className="hf-chart__axis">
      <line className="hf-chart__baseline" x1={scale.left} x2={scale.right} y1={bottom} y2={bottom} />
      {timeTicks(domain, most, locale).map((tick) => (
        <g key={tick.wall}>
          <line x1={scale.x(tick.wall)} x2={scale.x(tick.wall)} y1={bottom} y2={bottom + 4} />
          <text x={scale.x(tick.wall)} y={bottom + 14 * em} dominantBaseline="central" textAnchor="middle">
            {tick.label}
          </text>
        </g>
      ))}
    </g>
  );
});
