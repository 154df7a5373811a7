// @vitest-environment node
import { describe, expect, it } from "vitest";

import { envelope, needsEnvelope } from "./downsample";

const points = Array.from({ length: 1_476 }, (_, index) => ({
  x: (index / 1_476) * 500,
  value: Math.sin(index / 40) * 3 + (index === 700 ? 50 : 0),
}));

describe("envelope", () => {
  it("keeps every extreme, a single spike among 1,476 points included", () => {
    const columns = envelope(points);
    expect(Math.max(...columns.map((column) => column.max))).toBe(Math.max(...points.map((p) => p.value)));
    expect(Math.min(...columns.map((column) => column.min))).toBe(Math.min(...points.map((p) => p.value)));
  });

  it("counts every point once and has no more columns than pixels allow", () => {
    const columns = envelope(points, 4);
    expect(columns.reduce((sum, column) => sum + column.count, 0)).toBe(1_476);
    expect(columns.length).toBeLessThanOrEqual(500 / 4 + 1);
  });

  it("leaves out columns without answers instead of inventing values", () => {
    const columns = envelope([{ x: 1, value: 2 }, { x: 401, value: 8 }]);
    expect(columns).toEqual([
      { x: 2, min: 2, max: 2, mean: 2, count: 1 },
      { x: 402, min: 8, max: 8, mean: 8, count: 1 },
    ]);
  });

  it("goes from left to right even where time runs from right to left", () => {
    const xs = envelope(points.toReversed()).map((column) => column.x);
    expect(xs).toEqual([...xs].sort((a, b) => a - b));
  });
});

describe("needsEnvelope", () => {
  it("draws weekly scores as single marks and ten answers a day as an envelope", () => {
    expect(needsEnvelope(28, 300)).toBe(false);
    expect(needsEnvelope(1_476, 1_200)).toBe(true);
  });
});
