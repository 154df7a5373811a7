// @vitest-environment node
import { describe, expect, it } from "vitest";

import asq from "@/generated/instruments/asq-1.0.0.json";
import phq15 from "@/generated/instruments/phq-15-1.0.0.json";
import phq9 from "@/generated/instruments/phq-9-1.0.0.json";
import { matchLanguage, type Pack, type PackText, usableLanguages } from "@/measures/pack";

import { finalAnswers, questions, recallOf, toAskAgain } from "./flow";

const pack = (file: unknown): Pack => file as Pack;
const textOf = (of: Pack, language: string): PackText => {
  const text = of.texts[language];
  if (text === undefined) throw new Error(`no ${language}`);
  return text;
};
const ids = (list: { id: string }[]): string[] => list.map((item) => item.id);

describe("the questions of a check-in", () => {
  it("leave out what has no verified wording in the language", () => {
    const of = pack(phq9);
    expect(ids(questions(of, textOf(of, "en"), {}, null))).toContain("phq9_10");
    const german = textOf(of, "de-DE");
    const without: PackText = { ...german, items: { ...german.items } };
    delete without.items["phq9_10"];
    expect(ids(questions(of, without, {}, null))).not.toContain("phq9_10");
  });

  it("leave out the question for women where the person is a man, and put it where we do not know", () => {
    const of = pack(phq15);
    const text = textOf(of, "en");
    expect(ids(questions(of, text, {}, "male"))).not.toContain("phq15_4");
    expect(ids(questions(of, text, {}, "female"))).toContain("phq15_4");
    expect(ids(questions(of, text, {}, null))).toContain("phq15_4");
  });

  it("take the answer along when going back takes its question away", () => {
    const of = pack(asq);
    const text = textOf(of, "en");
    const answers = { asq_1: 0, asq_2: 0, asq_3: 0, asq_4: 0, asq_5: 1 };
    expect(finalAnswers(of, text, answers, null)).not.toHaveProperty("asq_5");
    expect(finalAnswers(of, text, { ...answers, asq_4: 1 }, null)).toHaveProperty("asq_5", 1);
  });

  it("keep a passed question as asked and left open", () => {
    const of = pack(phq9);
    expect(finalAnswers(of, textOf(of, "en"), { phq9_1: null }, null)).toEqual({ phq9_1: null });
  });
});

describe("the question that is asked again", () => {
  const of = pack(phq9);
  const text = textOf(of, "en");

  it("is the passed one on thoughts of death", () => {
    expect(toAskAgain(of, text, { phq9_1: null, phq9_9: null })).toBe("phq9_9");
  });

  it("is none when it was answered, also with zero", () => {
    expect(toAskAgain(of, text, { phq9_1: null, phq9_9: 0 })).toBeNull();
  });
});

describe("languages", () => {
  it("match another form of the reader's language", () => {
    expect(matchLanguage(pack(phq9), "es")).toBe("es-US");
    expect(matchLanguage(pack(phq9), "de")).toBe("de-DE");
  });

  it("never match a draft", () => {
    const of = pack(phq9);
    const draft: Pack = { ...of, texts: { ...of.texts, ar: { ...textOf(of, "en"), status: "draft" } } };
    expect(usableLanguages(draft)).not.toContain("ar");
    expect(matchLanguage(draft, "ar")).toBeNull();
  });
});

describe("the recall period", () => {
  it("is read in weeks and days, and is none where the pack has none", () => {
    expect(recallOf("P2W")).toEqual({ unit: "weeks", count: 2 });
    expect(recallOf("P1D")).toEqual({ unit: "days", count: 1 });
    expect(recallOf(null)).toBeNull();
  });
});
