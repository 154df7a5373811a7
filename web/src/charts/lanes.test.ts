// @vitest-environment node
import { describe, expect, it } from "vitest";

import { doseSteps, lanesOf, marksOf, type PlacedEvent } from "./lanes";
import type { EventKind } from "./types";

const placed = (kind: EventKind, wall: number, dose?: number, endWall: number | null = null): PlacedEvent => ({
  event: { id: `${kind}-${wall}`, kind, label: "Venlafaxine", at: "", dose: dose ?? null },
  wall,
  endWall,
});

describe("lanesOf", () => {
  it("puts flags first and leaves out kinds that do not occur", () => {
    const lanes = lanesOf([placed("life", 2), placed("flag", 5), placed("life", 1)]);
    expect(lanes.map((lane) => lane.kind)).toEqual(["flag", "life"]);
    expect(lanes[1]?.events.map((entry) => entry.wall)).toEqual([1, 2]);
  });
});

describe("marksOf", () => {
  it("draws events that would overlap as one that holds both", () => {
    const marks = marksOf([placed("life", 0), placed("life", 5), placed("life", 100)], (wall) => wall);
    expect(marks.map((mark) => mark.events.length)).toEqual([2, 1]);
  });

  it("loses no event when time runs from right to left", () => {
    const marks = marksOf([placed("life", 0), placed("life", 5), placed("life", 100)], (wall) => 500 - wall);
    expect(marks.flatMap((mark) => mark.events)).toHaveLength(3);
    expect(marks).toHaveLength(2);
  });
});

describe("doseSteps", () => {
  it("lets each dose last until the next one and the last until the end of the axis", () => {
    const steps = doseSteps([placed("medication", 50, 112.5), placed("medication", 0, 150), placed("medication", 80, 0)], 100);
    expect(steps.map(({ from, to, dose }) => [from, to, dose])).toEqual([
      [0, 50, 150],
      [50, 80, 112.5],
      [80, 100, 0],
    ]);
    expect(steps.map((step) => step.share)).toEqual([1, 0.75, 0]);
  });

  it("takes labels that differ in their numbers only as steps of one course", () => {
    const step = (wall: number, dose: number): PlacedEvent => {
      const base = placed("medication", wall, dose);
      return { ...base, event: { ...base.event, label: `Dose ${dose} mg` } };
    };
    expect(doseSteps([step(0, 150), step(40, 73)], 100).map(({ from, to }) => [from, to])).toEqual([
      [0, 40],
      [40, 100],
    ]);
  });

  it("ends a step at its own end where one is recorded", () => {
    expect(doseSteps([placed("medication", 0, 20, 30)], 100)[0]?.to).toBe(30);
  });

  it("takes no step from a medication event without a dose", () => {
    expect(doseSteps([placed("medication", 0)], 100)).toEqual([]);
  });
});
