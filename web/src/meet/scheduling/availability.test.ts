import { describe, expect, it } from "vitest";

import type { Rule } from "./api";
import { dayBefore, isOver, moveTo, newRule, ruleFaults } from "./availability";

const rule = (part: Partial<Rule> = {}): Rule => ({ ...newRule(1, "Europe/Berlin", "2026-01-01"), ...part });

describe("somebody moves to another country", () => {
  it("ends the old hours the day before and begins the same on the new wall", () => {
    const moved = moveTo([rule()], "2026-03-01", "America/New_York");
    expect(moved.map((each) => [each.time_zone, each.valid_from, each.valid_until])).toEqual([
      ["Europe/Berlin", "2026-01-01", "2026-02-28"],
      ["America/New_York", "2026-03-01", null],
    ]);
    expect(moved.map((each) => each.from_time)).toEqual(["09:00", "09:00"]);
  });

  it("leaves alone what was over, and moves as a whole what has not begun", () => {
    const over = rule({ valid_until: "2026-02-01" });
    const later = rule({ valid_from: "2026-04-01" });
    const moved = moveTo([over, later], "2026-03-01", "America/New_York");
    expect(moved[0]).toEqual(over);
    expect(moved[1]).toEqual({ ...later, time_zone: "America/New_York" });
  });

  it("twice to the same place changes nothing more", () => {
    const once = moveTo([rule()], "2026-03-01", "America/New_York");
    expect(moveTo(once, "2026-03-01", "America/New_York")).toEqual(once);
  });
});

describe("what is wrong with hours", () => {
  it("ends before they begin, unless they end at midnight", () => {
    const rules = [
      rule({ from_time: "10:00", until_time: "09:00" }),
      rule({ from_time: "20:00", until_time: "00:00" }),
      rule({ media: [] }),
    ];
    expect([...ruleFaults(rules)]).toEqual([[0, "order"], [2, "media"]]);
  });
});

describe("dates", () => {
  it("go back over a month's end", () => expect(dayBefore("2026-03-01")).toBe("2026-02-28"));
  it("say whether a rule is over", () => {
    expect(isOver(rule({ valid_until: "2026-02-01" }), "2026-02-02")).toBe(true);
    expect(isOver(rule({ valid_until: "2026-02-01" }), "2026-02-01")).toBe(false);
    expect(isOver(rule(), "2036-02-01")).toBe(false);
  });
});
