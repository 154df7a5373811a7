// @vitest-environment node
import { describe, expect, it } from "vitest";

import { makeFormat } from "@/format";

import type { Bundle, Resource } from "./bundle";
import { escaped, readable, type Reader } from "./readable";
import { newReference } from "./reference";

const reader = (language: string): Reader => ({
  t: (key, values) => `${key}${values === undefined ? "" : ` ${Object.values(values).join(" ")}`}`,
  format: makeFormat(language, "UTC"),
  language,
  direction: language === "ar" ? "rtl" : "ltr",
});

const bundle = (...resources: Resource[]): Bundle => ({
  resourceType: "Bundle",
  entry: resources.map((resource) => ({ resource })),
});

const MADE = "2026-11-23T10:00:00Z";

const form = (language: string, text: string, answer: string): Resource => ({
  resourceType: "Questionnaire",
  id: `q-${language}`,
  url: `urn:holdfast:instrument:phq-9:${language}`,
  version: "1.0.0",
  language,
  title: "PHQ-9",
  item: [
    { linkId: "phq9_1", text, answerOption: [{ valueCoding: { code: "2", display: answer } }] },
  ],
});

const given: Resource = {
  resourceType: "QuestionnaireResponse",
  id: "r",
  questionnaire: "urn:holdfast:instrument:phq-9:en|1.0.0",
  authored: "2026-11-20T09:00:00Z",
  item: [{ linkId: "phq9_1", answer: [{ valueCoding: { code: "2" } }] }, { linkId: "phq9_2" }],
};

describe("the page to read", () => {
  it("says questions and answers in the reader's language, else in one that there is", () => {
    const forms = [form("en", "Little interest", "often"), form("de", "Wenig Interesse", "oft")];
    const german = readable(bundle(...forms, given), MADE, reader("de"));
    expect(german).toContain("Wenig Interesse");
    expect(german).toContain(">oft<");
    const arabic = readable(bundle(...forms, given), MADE, reader("ar"));
    expect(arabic).toContain("Little interest");
    expect(arabic).toContain('dir="rtl"');
  });

  it("shows what was left out as such, and an unknown question by its code", () => {
    const page = readable(bundle(given), MADE, reader("en"));
    expect(page).toContain(">phq9_2</td><td dir=\"auto\">-<");
  });

  it("runs nothing that somebody wrote", () => {
    const plan: Resource = {
      resourceType: "CarePlan",
      id: "p",
      activity: [{ detail: { description: '<img src=x onerror="alert(1)">' } }],
    };
    const page = readable(bundle(plan), MADE, reader("en"));
    expect(page).not.toContain("<img");
    expect(page).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;");
    expect(escaped("a & 'b'")).toBe("a &amp; &#39;b&#39;");
  });

  it("says where there is nothing", () => {
    const page = readable(bundle(), MADE, reader("en"));
    expect(page.match(/file\.none/g)).toHaveLength(9);
  });
});

describe("a receipt's number", () => {
  it("has 130 random bits that nobody misreads", () => {
    const made = Array.from({ length: 200 }, newReference);
    expect(new Set(made).size).toBe(200);
    for (const one of made) expect(one).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{2}$/);
    expect(new Set(made.join("").replaceAll("-", "")).size).toBe(32);
  });
});
