// @vitest-environment node
import { describe, expect, it } from "vitest";

import { isoWeekday, monitoredState } from "./hours";

const WEEK = {
  hours: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, opens: "09:00:00", closes: "17:00:00" })),
  closures: [{ on: "2026-12-25", reason: "" }],
};
const at = (instant: string) => monitoredState(WEEK, "Europe/Amsterdam", Date.parse(instant));

describe("monitoredState", () => {
  it("is open within the hours and says until when", () => {
    expect(at("2026-11-23T10:00:00Z")).toEqual({ open: true, until: "2026-11-23T16:00:00.000Z" });
  });

  it("names the next opening over a weekend", () => {
    expect(at("2026-11-27T20:00:00Z")).toEqual({ open: false, opens: "2026-11-30T08:00:00.000Z" });
  });

  it("skips a closed day", () => {
    expect(at("2026-12-24T20:00:00Z")).toEqual({ open: false, opens: "2026-12-28T08:00:00.000Z" });
  });

  it("keeps nine o'clock at nine when the clocks change", () => {
    expect(at("2026-10-23T20:00:00Z")).toEqual({ open: false, opens: "2026-10-26T08:00:00.000Z" });
  });

  it("promises nothing where no hours are set", () => {
    const none = monitoredState({ hours: [], closures: [] }, "Europe/Amsterdam", 0);
    expect(none).toEqual({ open: false, opens: null });
  });
});

describe("isoWeekday", () => {
  it("counts Monday as 1 and Sunday as 7", () => {
    expect([isoWeekday("2026-11-23"), isoWeekday("2026-11-29")]).toEqual([1, 7]);
  });
});
