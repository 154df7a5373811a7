// @vitest-environment node
import { describe, expect, it } from "vitest";

import { instantOf, localDay, localValue } from "./localTime";

describe("instantOf", () => {
  it("reads a form's wall clock in the clinician's zone, summer and winter", () => {
    expect(instantOf("2026-07-01T09:30", "Europe/Amsterdam")).toBe("2026-07-01T07:30:00.000Z");
    expect(instantOf("2026-12-01T09:30", "Europe/Amsterdam")).toBe("2026-12-01T08:30:00.000Z");
    expect(instantOf("2026-12-01T09:30", "Asia/Kathmandu")).toBe("2026-12-01T03:45:00.000Z");
  });

  it("takes the first of a repeated hour", () => {
    expect(instantOf("2026-10-25T02:30", "Europe/Amsterdam")).toBe("2026-10-25T00:30:00.000Z");
  });

  it("moves a time that the clocks skip to after the gap", () => {
    expect(localValue(Date.parse(instantOf("2026-03-29T02:30", "Europe/Amsterdam")), "Europe/Amsterdam")).toBe("2026-03-29T03:30");
  });

  it("gives back what the form showed, in every zone and over both clock changes", () => {
    for (const zone of ["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "UTC", "Pacific/Apia"]) {
      for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 37 * 3_600_000) {
        const shown = localValue(at, zone);
        expect(localValue(Date.parse(instantOf(shown, zone)), zone), `${zone} ${shown}`).toBe(shown);
      }
    }
  });
});

describe("localDay", () => {
  it("is the day in the zone, not in Greenwich", () => {
    expect(localDay(Date.parse("2026-11-23T23:30:00Z"), "Europe/Amsterdam")).toBe("2026-11-24");
  });
});
