// @vitest-environment node
import { describe, expect, it } from "vitest";

import { byDay } from "./accessDays";

const entry = (at: string, actor_name: string | null, resource: string, action = "read", actor_label = "clinician") => ({
  at,
  actor_name,
  actor_label,
  resource,
  action,
});
const dayOf = (instant: string): string => instant.slice(0, 10);

describe("the access log by day and person", () => {
  it("says the same thing once, with how often and when it was last", () => {
    const [day] = byDay(
      [
        entry("2026-11-23T15:00:00Z", "Dana", "overview"),
        entry("2026-11-23T12:00:00Z", "Amir", "overview"),
        entry("2026-11-23T11:00:00Z", "Dana", "flag"),
        entry("2026-11-23T10:00:00Z", "Dana", "overview"),
      ],
      dayOf,
    );
    expect(day?.visitors.map((one) => one.name)).toEqual(["Dana", "Amir"]);
    const [dana] = day?.visitors ?? [];
    expect(dana?.done.map((one) => [one.what, one.count, one.at])).toEqual([
      ["overview.read", 2, "2026-11-23T15:00:00Z"],
      ["flag.read", 1, "2026-11-23T11:00:00Z"],
    ]);
  });

  it("keeps days apart, by the person's own clock", () => {
    const berlin = (instant: string): string =>
      new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Berlin" }).format(new Date(instant));
    const days = byDay(
      [entry("2026-11-23T23:30:00Z", "Dana", "flag"), entry("2026-11-23T22:30:00Z", "Dana", "flag")],
      berlin,
    );
    expect(days.map((one) => one.day)).toEqual(["2026-11-24", "2026-11-23"]);
  });

  it("does not take two people without a name for one, nor the person for somebody else", () => {
    const [day] = byDay(
      [
        entry("2026-11-23T15:00:00Z", null, "flag", "raise", "system"),
        entry("2026-11-23T14:00:00Z", null, "response", "submit", "client"),
        entry("2026-11-23T13:00:00Z", null, "overview", "read", "supervisor"),
      ],
      dayOf,
    );
    expect(day?.visitors.map((one) => [one.label, one.own])).toEqual([
      ["system", false],
      ["client", true],
      ["supervisor", false],
    ]);
  });
});
