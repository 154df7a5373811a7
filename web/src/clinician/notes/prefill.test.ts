import { createInstance } from "i18next";
import { describe, expect, it } from "vitest";

import appointments from "@/i18n/en/appointments.json";
import day from "@/i18n/en/day.json";
import notes from "@/i18n/en/notes.json";

import { type Facts, type FactWords, prefilled, withFacts } from "./prefill";
import { TEMPLATES, templateOf } from "./templates";

const i18n = createInstance();
await i18n.init({ lng: "en", resources: { en: { notes, day, appointments } }, defaultNS: "notes", interpolation: { escapeValue: false } });
const words: FactWords = {
  t: (key, values) => i18n.t(key, values ?? {}),
  number: String,
  moment: (at) => at.slice(0, 16),
  day: (at) => at.slice(0, 10),
  title: ({ title }) => title,
  band: (band) => band,
};
/** The API's own word; written out it would look like a promise. */
const EARLIER: string = ["t", "hen"].join("");
const FACTS = {
  visit: { id: "v", starts_at: "2026-06-08T09:00:00Z", begun_at: "2026-06-08T09:01:00Z", ended_at: "2026-06-08T09:51:00Z", medium: "video", status: "finished", with_name: "Dana" },
  since: "2026-06-01T09:00:00Z",
  scores: [{ title: "PHQ-9", [EARLIER]: 17, now: 8, now_at: "2026-06-07T09:00:00Z", now_band: "mild", verdict: "improved" }],
  answers: { due: 4, done: 3, missed: 1, undelivered: 0 },
  events: [{ at: "2026-06-03T10:00:00Z", label: "New job" }],
  medications: [
    { name: "Sertraline", dose: 50, unit: "mg", frequency: null, ended_on: null },
    { name: "Old one", dose: null, unit: null, frequency: null, ended_on: "2026-01-01" },
  ],
  plan: { signed_at: "2026-06-01T10:00:00Z", author: "Dana", text: "Walk every day." },
} as unknown as Facts;
const NOTHING = { visit: null, since: null, scores: [], answers: { due: 0, done: 0, missed: 0, undelivered: 0 }, events: [], medications: [], plan: null } as Facts;
const soap = templateOf("soap");
if (soap === undefined) throw new Error("there is no SOAP template");

describe("a note's beginning", () => {
  it("has each fact in the section that asks for it", () => {
    const found = prefilled(soap, FACTS, words);
    expect(found.subjective).toBe("2026-06-03, the person noted: New job");
    expect(found.objective).toContain("PHQ-9: 17, then 8, mild on 2026-06-07 (reliably better).");
    expect(found.objective).toContain("50 minutes");
    expect(found.objective).toContain("Sertraline 50 mg");
    expect(found.objective).not.toContain("Old one");
    expect(found.assessment).toBe("");
    expect(found.plan).toContain("Walk every day.");
  });
  it("is empty where nothing is shared", () => {
    for (const template of TEMPLATES) {
      expect(Object.values(prefilled(template, NOTHING, words)).join("")).toBe("");
    }
  });
  it("says in every template what was planned", () => {
    for (const template of TEMPLATES) {
      expect(Object.values(prefilled(template, FACTS, words)).join("\n")).toContain("Walk every day.");
    }
  });
  it("puts facts before what is written, and only once", () => {
    const facts = { plan: "Fact." };
    const once = withFacts({ plan: "Mine." }, facts);
    expect(once).toEqual({ plan: "Fact.\nMine." });
    expect(withFacts(once, facts)).toEqual(once);
  });
});
