// @vitest-environment node
import { describe, expect, it } from "vitest";

import { bandStrips, nearestIndex, plotScale, valueTicks, type Frame } from "./scale";
import type { PlotBand } from "./types";

const frame: Frame = { width: 600, height: 200, top: 20, bottom: 30, start: 80, end: 20, dir: "ltr" };

const PHQ9: PlotBand[] = [
  { id: "minimal", min: 0, max: 4, label: "Minimal" },
  { id: "mild", min: 5, max: 9, label: "Mild" },
  { id: "moderate", min: 10, max: 14, label: "Moderate" },
  { id: "moderately-severe", min: 15, max: 19, label: "Moderately severe" },
  { id: "severe", min: 20, max: 27, label: "Severe" },
];

describe("plotScale", () => {
  it("runs from the start margin to the end margin and puts high values up", () => {
    const scale = plotScale(frame, [0, 100], [0, 27]);
    expect([scale.x(0), scale.x(100)]).toEqual([80, 580]);
    expect([scale.y(0), scale.y(27)]).toEqual([170, 20]);
  });

  it("is the exact mirror image in right-to-left text", () => {
    const ltr = plotScale(frame, [0, 100], [0, 27]);
    const rtl = plotScale({ ...frame, dir: "rtl" }, [0, 100], [0, 27]);
    for (const wall of [0, 13, 50, 100]) expect(rtl.x(wall)).toBeCloseTo(600 - ltr.x(wall));
    expect(rtl.y(10)).toBe(ltr.y(10));
  });

  it("finds the time under the pointer in both directions of text", () => {
    for (const dir of ["ltr", "rtl"] as const) {
      const scale = plotScale({ ...frame, dir }, [0, 100], [0, 27]);
      expect(scale.wallAt(scale.x(37))).toBeCloseTo(37);
    }
  });

  it("survives a frame narrower than its margins", () => {
    expect(plotScale({ ...frame, width: 50 }, [0, 1], [0, 1]).innerWidth).toBeGreaterThan(0);
  });
});

describe("bandStrips", () => {
  const y = plotScale(frame, [0, 1], [0, 27]).y;

  it("fills the whole range without gap or overlap", () => {
    const strips = bandStrips(PHQ9, [0, 27], y);
    expect(strips[0]!.y + strips[0]!.height).toBeCloseTo(y(0));
    expect(strips[4]!.y).toBeCloseTo(y(27));
    for (let index = 1; index < strips.length; index += 1) {
      expect(strips[index]!.y + strips[index]!.height).toBeCloseTo(strips[index - 1]!.y);
    }
  });

  it("draws every whole score inside its own band", () => {
    const strips = bandStrips(PHQ9, [0, 27], y);
    for (const strip of strips) {
      for (let score = strip.min; score <= strip.max; score += 1) {
        expect(y(score)).toBeGreaterThanOrEqual(strip.y - 1e-9);
        expect(y(score)).toBeLessThanOrEqual(strip.y + strip.height + 1e-9);
      }
    }
  });

  it("does not write a name into a strip that is too low for it", () => {
    const low = plotScale({ ...frame, height: 80 }, [0, 1], [0, 27]).y;
    expect(bandStrips(PHQ9, [0, 27], low).some((strip) => strip.labelled)).toBe(false);
  });
});

describe("valueTicks", () => {
  it("marks where a band begins, and always both ends of the scale", () => {
    expect(valueTicks([0, 27], PHQ9)).toEqual([0, 5, 10, 15, 20, 27]);
  });

  it("takes round values where there are no bands", () => {
    expect(valueTicks([-3, 3], [])).toEqual([-3, -2, 0, 2, 3]);
  });
});

describe("nearestIndex", () => {
  it("agrees with looking at every entry", () => {
    const list = [1, 4, 4.5, 9, 30];
    for (let target = -2; target < 35; target += 0.25) {
      const best = Math.min(...list.map((entry) => Math.abs(entry - target)));
      expect(Math.abs(list[nearestIndex(list, target)]! - target)).toBe(best);
    }
  });

  it("says -1 for an empty list", () => {
    expect(nearestIndex([], 3)).toBe(-1);
  });
});
