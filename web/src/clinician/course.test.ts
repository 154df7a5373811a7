// @vitest-environment node
// "then" is the API's own name for the earlier score; nothing here is awaited.
/* oxlint-disable unicorn/no-thenable */
import { describe, expect, it } from "vitest";

import { nextPlanned } from "@/api/encounters";

import { byVerdict, corridor, fromInstant, plotChangePoint, plotEvents, plotPoints, reliablePoints } from "./course";
import type { Overview, ScoreChange, Series } from "./types";

const score = (part: Partial<ScoreChange>): ScoreChange => ({
  instrument: "phq-9",
  scale: "total",
  title: "PHQ-9",
  now: 19,
  then: 11,
  now_at: "2026-11-22T10:00:00Z",
  then_at: "2026-11-01T10:00:00Z",
  now_band: null,
  then_band: null,
  rci: 2.61,
  reliable_points: 6,
  verdict: "deteriorated",
  explanation_code: "published-points",
  source: null,
  ...part,
});

const series: Series = {
  instrument: "phq-9",
  version: "1.0.0",
  scale: "total",
  main: true,
  title: "PHQ-9",
  direction: "lower",
  range: [0, 27],
  bands: [],
  points: [
    { response_id: "a", at: "2026-11-01T10:00:00Z", value: 11, band: "moderate", historical: false },
    { response_id: "c", at: "2026-11-22T10:00:00Z", value: 19, band: null, historical: true },
  ],
  change: null,
  changepoint: null,
  trend: null,
};

const flag = {
  id: "f1",
  level: "concern",
  state: "open",
  answered_at: "2026-11-22T10:00:00Z",
  historical: true,
} as Overview["flags"][number];

describe("reliablePoints", () => {
  it("takes the published size of a reliable change where there is one", () => {
    expect(reliablePoints(score({}))).toBe(6);
  });

  it("else follows from the index of the change seen (Jacobson and Truax)", () => {
    expect(reliablePoints(score({ reliable_points: null, now: 19, then: 11, rci: 1.96 }))).toBeCloseTo(8);
  });

  it("is unknown without either", () => {
    expect(reliablePoints(score({ reliable_points: null, rci: null }))).toBeNull();
  });
});

describe("corridor", () => {
  it("lies around the score at the last meeting", () => {
    expect(corridor(series, [score({})], "2026-11-02T00:00:00Z")).toEqual({
      reference: 11,
      referenceAt: "2026-11-01T10:00:00Z",
      points: 6,
    });
  });

  it("does not exist for a scale without an earlier score", () => {
    expect(corridor(series, [score({ then: null })], null)).toBeNull();
    expect(corridor(series, [score({ scale: "other" })], null)).toBeNull();
  });
});

describe("plotChangePoint", () => {
  const changepoint = {
    at: "2012-12-17T08:00:00Z",
    first_after: "2012-12-31T08:00:00Z",
    level_before: 1.25,
    level_after: 1.98,
    earliest: "2012-12-17T08:00:00Z",
    latest: "2012-12-17T08:00:00Z",
  };

  it("is never drawn narrower than the gap between the two measurements around it", () => {
    expect(plotChangePoint({ ...series, changepoint })).toMatchObject({
      at: changepoint.at,
      from: changepoint.earliest,
      to: changepoint.first_after,
      before: 1.25,
      after: 1.98,
    });
  });

  it("keeps a wider interval, and is absent where the server found none", () => {
    const wide = { ...changepoint, latest: "2013-02-01T08:00:00Z" };
    expect(plotChangePoint({ ...series, changepoint: wide })?.to).toBe(wide.latest);
    expect(plotChangePoint(series)).toBeNull();
  });
});

describe("plotPoints", () => {
  it("names bands in the reader's language and marks the answer that raised a flag", () => {
    const points = plotPoints(series, [flag], (band) => band.toUpperCase());
    expect(points.map((point) => [point.id, point.band, point.flagged])).toEqual([
      ["a", "MODERATE", false],
      ["c", null, true],
    ]);
  });
});

describe("plotEvents", () => {
  const overview = {
    events: [{ id: "e1", kind: "life", label: "Moved", at: "2026-11-03T10:00:00Z", end: null }],
    encounters: [
      { id: "m1", status: "finished", starts_at: "2026-11-02T10:00:00Z", with_name: "Dana" },
      { id: "m2", status: "planned", starts_at: "2026-12-02T10:00:00Z", with_name: "Dana" },
    ],
    flags: [flag, flag],
  } as unknown as Overview;
  const names = { meeting: (name: string | null) => `with ${name}`, flag: () => "reason" };

  it("holds life events, meetings that took place and flags, each once", () => {
    expect(plotEvents(overview, names).map((event) => [event.kind, event.label])).toEqual([
      ["life", "Moved"],
      ["meeting", "with Dana"],
      ["flag", "reason"],
    ]);
  });

  it("shows an imported flag as historical on the day it was answered", () => {
    expect(plotEvents(overview, names)[2]).toMatchObject({ historical: true, at: flag.answered_at });
  });
});

describe("fromInstant", () => {
  it("keeps what still lasted when the time began", () => {
    const list = [
      { at: "2026-01-01T00:00:00Z", end: "2026-03-01T00:00:00Z" },
      { at: "2026-01-01T00:00:00Z", end: null },
    ];
    expect(fromInstant(list, "2026-02-01T00:00:00Z")).toEqual([list[0]]);
    expect(fromInstant(list, null)).toEqual(list);
  });
});

describe("byVerdict", () => {
  it("puts what got worse first and what cannot be judged last", () => {
    const order = byVerdict([score({ verdict: "insufficient" }), score({ verdict: "unchanged" }), score({})]);
    expect(order.map((each) => each.verdict)).toEqual(["deteriorated", "unchanged", "insufficient"]);
  });
});

describe("nextPlanned", () => {
  it("is the earliest planned meeting still to come", () => {
    const planned = (id: string, starts_at: string, status = "planned") =>
      ({ id, starts_at, status }) as Overview["encounters"][number];
    const list = [
      planned("late", "2026-12-10T10:00:00Z"),
      planned("soon", "2026-12-01T10:00:00Z"),
      planned("gone", "2026-11-01T10:00:00Z"),
      planned("off", "2026-11-30T10:00:00Z", "cancelled"),
    ];
    expect(nextPlanned(list, Date.parse("2026-11-23T00:00:00Z"))?.id).toBe("soon");
    expect(nextPlanned([], 0)).toBeNull();
  });
});
