// @vitest-environment node
import { describe, expect, it } from "vitest";

import {
  added,
  decodePlan,
  encodePlan,
  isBlank,
  merged,
  noSteps,
  nudges,
  parts,
  type PlanContent,
  reviewDue,
  tidy,
  withSteps,
} from "./content";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const FULL = tidy({
  warning_signs: ["no sleep"],
  coping: ["walk"],
  places: ["library"],
  people: ["Kim 0151 234 567"],
  professionals: ["practice"],
  safer: ["Kim keeps the box"],
});

const plan = (changes: Partial<PlanContent> = {}): PlanContent => ({
  steps: FULL,
  shared: false,
  written_at: "2026-11-01T12:00:00Z",
  reviews: [],
  ...changes,
});

describe("what a plan says", () => {
  it("has six steps, without blank lines and without what is no line", () => {
    expect(tidy({ coping: ["  walk ", " ", 7, "x".repeat(600)] }).coping).toEqual([
      "walk",
      "x".repeat(500),
    ]);
    expect(tidy({ coping: Array.from({ length: 30 }, (_, at) => `${at}`) }).coping).toHaveLength(20);
    expect(isBlank(noSteps())).toBe(true);
    expect(isBlank(FULL)).toBe(false);
  });

  it("comes back as it was, with the newest twenty reviews", () => {
    expect(decodePlan(encodePlan(plan({ shared: true })))).toEqual(plan({ shared: true }));
    const reviews = Array.from({ length: 25 }, (_, at) => ({
      at: `${at}`,
      used: true,
      helped: "",
      change: "",
    }));
    expect(decodePlan(encodePlan(plan({ reviews }))).reviews.map(({ at }) => at)).toEqual(
      reviews.slice(5).map(({ at }) => at),
    );
  });

  it("leaves alone what it does not know, and misses nothing that is not there", () => {
    const bytes = new TextEncoder().encode('{"steps":{"coping":["walk"],"more":["x"]},"new":1}');
    expect(decodePlan(bytes)).toEqual({
      steps: tidy({ coping: ["walk"] }),
      shared: false,
      written_at: "",
      reviews: [],
    });
  });
});

describe("two devices that wrote beside each other", () => {
  it("lose no line, and what one of them stopped sharing is not shared", () => {
    const one = plan({ steps: tidy({ coping: ["walk", "tea"] }), shared: true });
    const later = { written_at: "2026-11-02T12:00:00Z", shared: false };
    const other = plan({ ...later, steps: tidy({ coping: ["walk", "music"] }) });
    const both = merged([other, one]);
    expect(both.steps.coping).toEqual(["walk", "tea", "music"]);
    expect(both.shared).toBe(false);
    expect(both.written_at).toBe(later.written_at);
    expect(merged([]).shared).toBe(false);
  });

  it("and a proposal adds its lines behind those that stand there", () => {
    expect(added(tidy({ coping: ["walk"] }), tidy({ coping: ["tea", "walk"] })).coping).toEqual([
      "walk",
      "tea",
    ]);
  });
});

describe("a conversation", () => {
  it("replaces the steps that it asked and keeps those that were skipped", () => {
    const said = withSteps(FULL, { coping: ["music"], people: [] });
    expect(said.coping).toEqual(["music"]);
    expect(said.people).toEqual(FULL.people);
  });
});

describe("what is missing", () => {
  it("is nothing in a full plan that was looked at lately", () => {
    expect(nudges(plan(), {}, NOW)).toEqual([]);
  });

  it("is somebody to ask, somebody by profession, and something safer", () => {
    const steps = tidy({ coping: ["walk"] });
    expect(nudges(plan({ steps }), {}, NOW)).toEqual(["no-people", "no-professionals", "not-safer"]);
  });

  it("is a look after ninety days, and one look is enough", () => {
    const old = plan({ written_at: "2026-08-01T12:00:00Z" });
    expect(nudges(old, {}, NOW)).toEqual(["not-looked"]);
    expect(nudges(old, { lookedAt: "2026-11-20T12:00:00Z" }, NOW)).toEqual([]);
    const days89 = plan({ written_at: new Date(NOW - 89 * 86_400_000).toISOString() });
    expect(nudges(days89, {}, NOW)).toEqual([]);
  });
});

describe("whether the plan was used", () => {
  const opened = { openedInHelp: "2026-11-23T08:00:00Z" };

  it("is asked some hours after it was opened in need, not in that hour, and once", () => {
    expect(reviewDue(plan(), opened, [], NOW)).toBe(true);
    expect(reviewDue(plan(), { openedInHelp: "2026-11-23T11:00:00Z" }, [], NOW)).toBe(false);
    expect(reviewDue(plan(), { ...opened, answeredAt: "2026-11-23T11:00:00Z" }, [], NOW)).toBe(false);
    const review = { at: "2026-11-23T10:00:00Z", used: true, helped: "", change: "" };
    expect(reviewDue(plan({ reviews: [review] }), opened, [], NOW)).toBe(false);
    expect(reviewDue(plan(), { openedInHelp: "2026-11-01T08:00:00Z" }, [], NOW)).toBe(false);
  });

  it("is asked after a flag was closed, unless the plan was changed since", () => {
    const closed = { closed_at: "2026-11-22T10:00:00Z", historical: false };
    expect(reviewDue(plan(), {}, [closed], NOW)).toBe(true);
    expect(reviewDue(plan({ written_at: "2026-11-22T11:00:00Z" }), {}, [closed], NOW)).toBe(false);
    expect(reviewDue(plan(), {}, [{ ...closed, historical: true }], NOW)).toBe(false);
    expect(reviewDue(plan(), {}, [{ closed_at: null, historical: false }], NOW)).toBe(false);
  });
});

describe("telephone numbers", () => {
  it("are pressed where they stand, and the words around them stay", () => {
    expect(parts("Kim +49 (151) 23-45 evenings")).toEqual([
      { at: 0, text: "Kim " },
      { at: 4, text: "+49 (151) 23-45", href: "tel:+491512345" },
      { at: 19, text: " evenings" },
    ]);
    expect(parts("walk 20 minutes")).toEqual([{ at: 0, text: "walk 20 minutes" }]);
    expect(parts("since 2026-11-23")).toEqual([{ at: 0, text: "since 2026-11-23" }]);
    expect(parts("112").map(({ href }) => href)).toEqual(["tel:112"]);
  });
});
