import { createInstance } from "i18next";
import { describe, expect, it } from "vitest";

import clinician from "@/i18n/en/clinician.json";
import day from "@/i18n/en/day.json";

import { type SinceLine, sinceSentence } from "./since";

const words = createInstance();
await words.init({ lng: "en", resources: { en: { day, clinician } }, defaultNS: "day", interpolation: { escapeValue: false } });
const said = (line: Partial<SinceLine>): string =>
  sinceSentence(
    { client_id: "c", met_at: "2026-06-01T09:00:00Z", answers: null, score: null, flag: null, unread: 0, ...line },
    { t: (key, values) => words.t(key, values ?? {}), number: String, ago: () => "7 days ago" },
  );
const score = { instrument: "phq-9", title: "PHQ-9", earlier: 17, now: 8, now_at: "2026-06-07T09:00:00Z" };

describe("the line of an agenda", () => {
  it("says what is open before what was measured", () => {
    expect(
      said({ flag: "concern", unread: 1, answers: { due: 4, done: 3, missed: 1, undelivered: 0 }, score: { ...score, verdict: "improved" } }),
    ).toBe("Since last time (7 days ago): a flag is open (Concern); PHQ-9 from 17 to 8, reliably better; 3 of 4 answered; 1 unread message.");
  });
  it("says so where nothing came in", () => {
    expect(said({})).toBe("Since last time (7 days ago): nothing new.");
    expect(said({ met_at: null, unread: 2 })).toBe("You have not met yet: 2 unread messages.");
  });
  it("makes no change of a first score, and judges none that it cannot", () => {
    expect(said({ score: { ...score, earlier: null, verdict: "insufficient" } })).toContain("PHQ-9 is 8.");
    expect(said({ score: { ...score, verdict: "insufficient" } })).toContain("cannot be judged");
  });
});
