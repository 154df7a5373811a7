// @vitest-environment node
import { describe, expect, it } from "vitest";

import { paddedDomain, timeTicks, wallTime } from "./time";

const DAY = 86_400_000;

describe("wallTime", () => {
  it("puts an answer on the person's own day, not on the day in Greenwich", () => {
    expect(new Date(wallTime("2012-12-31T23:30:00Z", "Europe/Amsterdam")).toISOString()).toBe(
      "2013-01-01T00:30:00.000Z",
    );
    expect(new Date(wallTime("2013-01-01T03:30:00Z", "America/New_York")).toISOString()).toBe(
      "2012-12-31T22:30:00.000Z",
    );
  });

  it("keeps local noon at noon on both sides of a clock change", () => {
    const before = wallTime("2012-10-27T10:00:00Z", "Europe/Amsterdam");
    const after = wallTime("2012-10-28T11:00:00Z", "Europe/Amsterdam");
    expect(after - before).toBe(DAY);
  });

  it("keeps milliseconds", () => {
    expect(wallTime("2026-01-01T00:00:00.123Z", "UTC") % 1000).toBe(123);
  });
});

describe("paddedDomain", () => {
  it("holds every instant in whatever order they come", () => {
    const [start, end] = paddedDomain([5 * DAY, DAY, 3 * DAY]);
    expect(start).toBeLessThan(DAY);
    expect(end).toBeGreaterThan(5 * DAY);
  });

  it("has a length for one instant and for none", () => {
    for (const walls of [[], [DAY]]) {
      const [start, end] = paddedDomain(walls);
      expect(end).toBeGreaterThan(start);
    }
  });
});

describe("timeTicks", () => {
  it("never gives more ticks than asked for, from hours to decades", () => {
    for (const days of [0.5, 1, 3, 10, 40, 239, 900, 4_000, 20_000]) {
      for (const most of [2, 5, 12]) {
        const ticks = timeTicks([0, days * DAY], most, "en");
        expect(ticks.length, `${days} days, ${most} ticks`).toBeLessThanOrEqual(most);
      }
    }
  });

  it("stands on the first of the month for the better part of a year", () => {
    const start = Date.UTC(2012, 7, 13);
    const ticks = timeTicks([start, start + 239 * DAY], 10, "en");
    expect(ticks.map((tick) => new Date(tick.wall).getUTCDate())).toEqual(ticks.map(() => 1));
    expect(ticks.map((tick) => tick.label)).toEqual([
      "Sep 2012", "Oct", "Nov", "Dec", "Jan 2013", "Feb", "Mar", "Apr",
    ]);
  });

  it("gives two days where a large text leaves room for no more", () => {
    const start = Date.UTC(2012, 7, 13);
    expect(timeTicks([start, start + 239 * DAY], 2, "en")).toHaveLength(2);
  });

  it("writes the months of the reader's language", () => {
    const start = Date.UTC(2012, 7, 13);
    expect(timeTicks([start, start + 239 * DAY], 10, "de").map((tick) => tick.label).join()).toContain("Dez");
  });
});
