// @vitest-environment node
import { describe, expect, it } from "vitest";

import plan from "@/generated/assessments/mood-days-1.0.0.json";
import pack from "@/generated/instruments/mood-days-1.0.0.json";
import type { Pack } from "@/measures/pack";

import cases from "../../../../tests/vectors/assessment.json";
import { type Plan, questionsOf, sequence, toAskAgain } from "./asking";

const PLAN = plan as Plan;
const PACK = pack as unknown as Pack;

describe("a prompt of the assessment puts what the server would put", () => {
  it.each(cases)("$name", ({ day, prompt, asked, expected }) => {
    expect(questionsOf(PLAN, day, prompt, asked)).toEqual(expected);
  });
});

describe("follow-ups", () => {
  const first = ["md_mood", "md_sleep"];
  const shown = (answers: Record<string, number | null>): string[] =>
    sequence(PACK, first, answers).map((item) => item.id);

  it("come right after the question that brings them", () => {
    expect(shown({ md_mood: 2 })).toEqual(["md_mood", "md_mood_most", "md_sleep"]);
    expect(shown({ md_mood: 2, md_mood_most: 1, md_sleep: 3 })).toEqual([
      "md_mood",
      "md_mood_most",
      "md_sleep",
      "md_sleep_kind",
    ]);
  });

  it("go when the answer is changed, and are not put below the level or after a pass", () => {
    expect(shown({ md_mood: 1, md_mood_most: 1 })).toEqual(first);
    expect(shown({ md_mood: null })).toEqual(first);
  });
});

it("asks again only what was put and passed over", () => {
  expect(toAskAgain(PLAN, ["md_mood", "md_death"], { md_mood: null, md_death: null })).toBe("md_death");
  expect(toAskAgain(PLAN, ["md_mood", "md_death"], { md_mood: null, md_death: 0 })).toBeNull();
  expect(toAskAgain(PLAN, ["md_mood"], { md_mood: null })).toBeNull();
});
