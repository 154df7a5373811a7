// @vitest-environment node
import { describe, expect, it } from "vitest";

import { Heights } from "./heights";

/** The same by adding up, which is too slow for a long list. */
const plainly = (heights: readonly number[], rows: number): number =>
  heights.slice(0, rows).reduce((sum, each) => sum + each, 0);

describe("the heights of a long list", () => {
  it("are estimates until a row was measured", () => {
    const heights = new Heights(100_000, 80);
    expect(heights.total).toBe(8_000_000);
    expect(heights.at(0)).toBe(0);
    expect(heights.at(79)).toBe(0);
    expect(heights.at(80)).toBe(1);
    expect(heights.at(10 ** 9)).toBe(99_999);
  });

  it("add up to what adding one by one gives", () => {
    const known = Array.from({ length: 37 }, (_, row) => (row % 3 === 0 ? 10 + row : 50));
    const heights = new Heights(37, 50);
    known.forEach((height, row) => heights.measure(row, height));
    for (let row = 0; row <= 37; row += 1) expect(heights.above(row)).toBe(plainly(known, row));
    for (let y = 0; y < heights.total; y += 7) {
      const row = heights.at(y);
      expect(plainly(known, row)).toBeLessThanOrEqual(y);
      expect(plainly(known, row + 1)).toBeGreaterThan(y);
    }
  });

  it("say by how much a row differs from what was thought", () => {
    const heights = new Heights(5, 50);
    expect(heights.measure(2, 70)).toBe(20);
    expect(heights.measure(2, 70)).toBe(0);
    expect(heights.measure(2, 60)).toBe(-10);
    expect(heights.total).toBe(260);
  });

  it("keep what was measured when rows come to the end", () => {
    const heights = new Heights(3, 50);
    heights.measure(1, 100);
    heights.grow(6);
    expect(heights.above(2)).toBe(150);
    expect(heights.total).toBe(350);
    heights.grow(2);
    expect(heights.count).toBe(6);
  });

  it("of an empty list are nothing", () => {
    expect(new Heights(0, 50).total).toBe(0);
    expect(new Heights(0, 50).at(10)).toBe(0);
  });
});
