/** Drawing many points without hiding any extreme: one column of pixels keeps its min and max. */

export interface XY {
  readonly x: number;
  readonly value: number;
}

export interface EnvelopeColumn {
  /** Middle of the column, pixels. */
  readonly x: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly count: number;
}

/** More than one point for every three pixels can no longer be told apart as marks. */
export function needsEnvelope(count: number, width: number): boolean {
  return count > Math.max(60, width / 3);
}

/**
 * Min, mean and max per pixel column of `step` pixels; empty columns are left out, so a gap in the
 * answers stays a gap in the drawing's data. O(n), points in any order, columns ascending in x.
 */
export function envelope(points: readonly XY[], step = 4): EnvelopeColumn[] {
  const columns = new Map<number, { min: number; max: number; sum: number; count: number }>();
  for (const { x, value } of points) {
    const key = Math.floor(x / step);
    const column = columns.get(key);
    if (column) {
      if (value < column.min) column.min = value;
      if (value > column.max) column.max = value;
      column.sum += value;
      column.count += 1;
    } else {
      columns.set(key, { min: value, max: value, sum: value, count: 1 });
    }
  }
  return [...columns.entries()]
    .sort(([left], [right]) => left - right)
    .map(([key, column]) => ({
      x: (key + 0.5) * step,
      min: column.min,
      max: column.max,
      mean: column.sum / column.count,
      count: column.count,
    }));
}
