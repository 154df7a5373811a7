import { describe, expect, it } from "vitest";

import { byDay, daysLater, dayOf, sameWall, type Slot, weekStart } from "./times";

const slot = (starts_at: string): Slot => ({
  starts_at,
  ends_at: starts_at,
  zone: "Europe/Berlin",
  media: ["video"],
  place_id: null,
});

describe("free times by day", () => {
  it("puts a time on the reader's day and not on the server's", () => {
    const days = byDay([slot("2026-06-01T22:30:00Z"), slot("2026-06-02T08:00:00Z")], "Europe/Berlin");
    expect(days.map((each) => [each.day, each.slots.length])).toEqual([["2026-06-02", 2]]);
    expect(byDay([slot("2026-06-01T22:30:00Z")], "America/New_York")[0]?.day).toBe("2026-06-01");
  });
});

describe("two walls", () => {
  it("are the same where the offsets are, whatever the zones are called", () => {
    expect(sameWall("2026-06-01T08:00:00Z", "Europe/Berlin", "Europe/Paris")).toBe(true);
    expect(sameWall("2026-06-01T08:00:00Z", "Europe/Berlin", "Europe/London")).toBe(false);
  });

  it("differ for three weeks between the changes of two countries", () => {
    const hours = (at: string) =>
      [dayOf(at, "Europe/Berlin"), sameWall(at, "Europe/Berlin", "Africa/Lagos")] as const;
    expect(hours("2026-03-28T12:00:00Z")).toEqual(["2026-03-28", true]);
    expect(hours("2026-03-29T12:00:00Z")).toEqual(["2026-03-29", false]);
  });
});

describe("weeks", () => {
  it("begin on Monday at midnight on the wall, also in the week of a change", () => {
    const sunday = Date.parse("2026-03-29T12:00:00Z");
    const monday = weekStart(sunday, "Europe/Berlin");
    expect(new Date(monday).toISOString()).toBe("2026-03-22T23:00:00.000Z");
    expect(new Date(daysLater(monday, 7, "Europe/Berlin")).toISOString()).toBe("2026-03-29T22:00:00.000Z");
    expect(daysLater(daysLater(monday, 7, "Europe/Berlin"), -7, "Europe/Berlin")).toBe(monday);
  });
});
