// @vitest-environment node
import { describe, expect, it } from "vitest";

import { answerRows } from "./answerRows";
import type { PackTexts, ResponseDetail } from "./types";

const pack: PackTexts = {
  id: "phq-9",
  version: "1.0.0",
  title: "PHQ-9",
  option_sets: { frequency: [0, 1, 2, 3], slider: { min: 0, max: 100 } },
  items: [
    { id: "phq9_1", options: "frequency" },
    { id: "phq9_9", options: "frequency" },
    { id: "thermometer", options: "slider" },
  ],
  texts: {
    en: {
      status: "official",
      items: { phq9_1: "Little interest", phq9_9: "Better off dead", thermometer: "How much" },
      options: { frequency: ["Not at all", "Several days", "More than half the days", "Nearly every day"] },
    },
  },
};

const response: ResponseDetail = {
  id: "r",
  instrument: "phq-9",
  version: "1.0.0",
  language: "en",
  answers: { phq9_9: 2, phq9_1: 0, thermometer: 55 },
  answered_at: "",
  received_at: "",
  scores: {},
  band: null,
  local_date: "2026-11-22",
  missing: [],
  historical: false,
  source: "app",
  parent: null,
  alerts: [],
  claimed_at: null,
  started_at: null,
  time_zone: "Europe/Amsterdam",
};

describe("answerRows", () => {
  it("gives question and option as the person saw them, in the questionnaire's order", () => {
    const rows = answerRows(response, pack, new Set(["phq9_9"]));
    expect(rows.map((row) => [row.question, row.answer, row.marked])).toEqual([
      ["Little interest", "Not at all (0)", false],
      ["Better off dead", "More than half the days (2)", true],
      ["How much", "55", false],
    ]);
  });

  it("shows a skipped question that raised the flag as not answered", () => {
    const rows = answerRows({ ...response, answers: { phq9_1: 1, phq9_9: null } }, pack, new Set(["phq9_9"]));
    expect(rows.find((row) => row.item === "phq9_9")).toMatchObject({ answer: null, marked: true });
  });

  it("falls back to English where the language's wording is not there, and says so", () => {
    expect(answerRows({ ...response, language: "ar" }, pack, new Set())[0]?.language).toBe("en");
  });

  it("hides nothing while the wording is missing: ids and codes stand for it", () => {
    expect(answerRows(response, undefined, new Set()).map((row) => [row.question, row.answer])).toEqual([
      ["phq9_9", "2"],
      ["phq9_1", "0"],
      ["thermometer", "55"],
    ]);
  });
});
