import { line as lineOf } from "d3-shape";

import "./charts.css";
import { useChartLanguage } from "./environment";

export interface SparklineProps {
  /** Oldest first. */
  readonly values: readonly number[];
  readonly range: readonly [number, number];
  /** Said instead of the drawing, e.g. "PHQ-9". */
  readonly title: string;
  readonly width?: number;
  readonly height?: number;
}

/** The last few scores as one small line on the scale's full range; the last one is marked. */
export function Sparkline({ values, range, title, width = 88, height = 24 }: SparklineProps) {
  const { t, dir, formats } = useChartLanguage();
  if (values.length < 2) return null;
  const margin = 4;
  const span = range[1] - range[0] || 1;
  const points = values.map((value, index): [number, number] => {
    const along = margin + (index / (values.length - 1)) * (width - 2 * margin);
    const x = dir === "rtl" ? width - along : along;
    return [x, height - margin - ((value - range[0]) / span) * (height - 2 * margin)];
  });
  const last = points[points.length - 1]!;
  return (
    // An img element cannot take its colours from the page's tokens.
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
    <svg role="img"
      className="hf-chart__spark"
      width={width}
      height={height}
      aria-label={t("sparkline", {
        title,
        values: values.map((value) => formats.number(value)).join(", "),
      })}
    >
      <path className="hf-chart__line" d={lineOf()(points) ?? ""} />
      <circle className="hf-chart__point" cx={last[0]} cy={last[1]} r={3} />
    </svg>
  );
}
