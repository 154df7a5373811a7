// @vitest-environment node
import { describe, expect, it } from "vitest";

import { amountOf, daysBetween, dueState, lengthWords, relativeWords } from "./due";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const after = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();

describe("dueState", () => {
  it("tells due, the last half hour and overdue apart", () => {
    expect(dueState(after(180), NOW)).toBe("due");
    expect(dueState(after(29), NOW)).toBe("soon");
    expect(dueState(after(-1), NOW)).toBe("overdue");
    expect(dueState(null, NOW)).toBe("none");
  });
});

describe("relativeWords", () => {
  it("never rounds a clock up: 119 minutes are not yet two hours", () => {
    expect(relativeWords(after(119), NOW, "en")).toBe("in 119 minutes");
    expect(relativeWords(after(121), NOW, "en")).toBe("in 2 hours");
  });

  it("speaks of the past and of the reader's language", () => {
    expect(relativeWords(after(-45), NOW, "en")).toBe("45 minutes ago");
    expect(relativeWords(after(-60 * 24 * 21), NOW, "de")).toBe("vor 3 Wochen");
    expect(relativeWords(after(60 * 24 * 3), NOW, "es")).toBe("dentro de 3 días");
  });
});

describe("lengthWords", () => {
  it("gives a length without a direction", () => {
    expect(lengthWords(-40 * 60_000, "en")).toBe("40 minutes");
    expect(lengthWords(5 * 3_600_000, "de")).toBe("5 Stunden");
  });
});

describe("amountOf", () => {
  it("grows with the length, never jumping back", () => {
    const minutes = { minute: 1, hour: 60, day: 1440, week: 10_080, month: 43_834, year: 525_960 };
    let last = 0;
    for (let length = 0; length < 4_000_000; length += 997) {
      const { count, unit } = amountOf(length * 60_000);
      const said = count * minutes[unit];
      expect(said).toBeLessThanOrEqual(length);
      expect(said).toBeGreaterThanOrEqual(last - minutes[unit]);
      last = said;
    }
  });
});

describe("daysBetween", () => {
  it("counts calendar days of the person's zone, not spans of 24 hours", () => {
    expect(daysBetween("2026-11-22T22:30:00Z", Date.parse("2026-11-22T23:30:00Z"), "Europe/Amsterdam")).toBe(1);
    expect(daysBetween("2026-10-24T12:00:00Z", Date.parse("2026-10-25T12:00:00Z"), "Europe/Amsterdam")).toBe(1);
  });
});
