/** Geometry of a plot: pixels from time and value, mirrored where the language runs right to left. */
import { ticks as niceTicks } from "d3-array";
import { scaleLinear } from "d3-scale";

import type { PlotBand, TimeDomain } from "./types";

export type Dir = "ltr" | "rtl";

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly top: number;
  readonly bottom: number;
  /** Space at the side where lines of text begin: the value axis stands there. */
  readonly start: number;
  readonly end: number;
  readonly dir: Dir;
}

export interface PlotScale {
  /** Pixel of a wall-clock millisecond. In right-to-left text later is further left. */
  readonly x: (wall: number) => number;
  /** Wall-clock millisecond under a pixel. */
  readonly wallAt: (x: number) => number;
  /** Pixel of a value; higher values stand higher. */
  readonly y: (value: number) => number;
  readonly innerWidth: number;
  readonly innerHeight: number;
  /** Left and right pixel of the plotting area. */
  readonly left: number;
  readonly right: number;
}

export function plotScale(frame: Frame, domain: TimeDomain, range: readonly [number, number]): PlotScale {
  const mirrored = frame.dir === "rtl";
  const left = mirrored ? frame.end : frame.start;
  const right = Math.max(left + 1, frame.width - (mirrored ? frame.start : frame.end));
  const x = scaleLinear(domain, mirrored ? [right, left] : [left, right]);
  const y = scaleLinear(range, [frame.height - frame.bottom, frame.top]);
  return {
    x: (wall) => x(wall),
    wallAt: (pixel) => x.invert(pixel),
    y: (value) => y(value),
    innerWidth: right - left,
    innerHeight: Math.max(1, frame.height - frame.top - frame.bottom),
    left,
    right,
  };
}

/** Round values for the axis; the two ends of the scale are always among them. */
export function valueTicks(range: readonly [number, number], bands: readonly PlotBand[]): number[] {
  const [low, high] = range;
  const inner =
    bands.length > 1
      ? bands.map((band) => band.min).filter((value) => value > low && value < high)
      : niceTicks(low, high, 4).filter((value) => value > low && value < high);
  const room = (high - low) / 12;
  const kept = inner.filter((value) => value - low >= room && high - value >= room);
  return [low, ...kept, high];
}

export interface BandStrip extends PlotBand {
  readonly y: number;
  readonly height: number;
  /** 0 for the first band to 1 for the last: how strongly the strip is tinted. */
  readonly strength: number;
  /** Too low to carry its name without touching its neighbour's. */
  readonly labelled: boolean;
}

/**
 * Strips that meet halfway between neighbours (0 to 4 and 5 to 9 meet at 4.5) and fill the range.
 */
export function bandStrips(
  bands: readonly PlotBand[],
  range: readonly [number, number],
  y: (value: number) => number,
  labelHeight = 13,
): BandStrip[] {
  const ordered = [...bands].sort((a, b) => a.min - b.min);
  return ordered.map((band, index) => {
    const before = ordered[index - 1];
    const after = ordered[index + 1];
    const from = before ? (before.max + band.min) / 2 : range[0];
    const to = after ? (band.max + after.min) / 2 : range[1];
    const top = y(Math.min(to, range[1]));
    const height = Math.max(0, y(Math.max(from, range[0])) - top);
    return {
      ...band,
      y: top,
      height,
      strength: ordered.length > 1 ? index / (ordered.length - 1) : 0,
      labelled: height >= labelHeight,
    };
  });
}

/** Index of the entry of an ascending list that is nearest to `target`; -1 for an empty list. */
export function nearestIndex(ascending: readonly number[], target: number): number {
  if (ascending.length === 0) return -1;
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < target) low = middle + 1;
    else high = middle;
  }
  const before = low - 1;
  if (before >= 0 && target - ascending[before]! <= ascending[low]! - target) return before;
  return low;
}
