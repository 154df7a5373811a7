// @vitest-environment node
import { describe, expect, it } from "vitest";

import { emptyRule, faultOf, ruleBody, type RuleForm, timesOf } from "./ruleModel";

const form = (change: Partial<RuleForm>): RuleForm => ({ ...emptyRule("2026-11-23"), ...change });

describe("a rule from the form", () => {
  it("is every seven days, all day, until the next, when nothing is changed", () => {
    expect(ruleBody(form({}))).toEqual({
      when: { kind: "every_n_days", days: 7, at: ["00:00"] },
      starts_on: "2026-11-23",
      ends_on: null,
      window_minutes: null,
      reminders: [],
      snoozes: 0,
      snooze_minutes: 15,
    });
  });

  it("names the parts of its kind and no others", () => {
    expect(ruleBody(form({ cadence: "once", time: "10:00" })).when).toEqual({ kind: "once", at: "10:00" });
    expect(ruleBody(form({ cadence: "weekly", weekdays: [4, 1] })).when).toEqual({
      kind: "weekly",
      weekdays: [1, 4],
      at: ["00:00"],
    });
    expect(ruleBody(form({ cadence: "daily_times", times: ["20:00", "", "09:00"] })).when).toEqual({
      kind: "daily_times",
      at: ["09:00", "20:00"],
    });
    expect(ruleBody(form({ cadence: "event", afterDays: 0, time: "18:00" })).when).toEqual({
      kind: "event",
      event: "encounter-end",
      after_days: 0,
      at: "18:00",
      after_minutes: 0,
    });
  });

  it("lets a random moment close, and keeps two of them apart by at least that long", () => {
    const moments = ruleBody(form({ cadence: "moments", gap: 30 }));
    expect(moments.window_minutes).toBe(60);
    expect(moments.when).toMatchObject({ kind: "moments", per_day: 4, gap_minutes: 60 });
  });

  it("says what keeps it from being sent", () => {
    expect(faultOf(form({}))).toBeNull();
    expect(faultOf(form({ ends: "2026-11-22" }))).toBe("ends");
    expect(faultOf(form({ cadence: "weekly", weekdays: [] }))).toBe("weekdays");
    expect(faultOf(form({ cadence: "daily_times", times: ["", ""] }))).toBe("times");
  });

  it("does not call midnight a time of day", () => {
    expect(timesOf({ when: { kind: "once", at: "00:00:00" } })).toEqual([]);
    expect(timesOf({ when: { kind: "daily_times", at: ["09:00:00", "14:00:00"] } })).toEqual(["09:00", "14:00"]);
  });
});
