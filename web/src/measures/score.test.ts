// @vitest-environment node
import { describe, expect, it } from "vitest";

import type { AlertView } from "@/api/types";

import shared from "../../../tests/vectors/scoring.json";
import type { Pack } from "./pack";
import { AnswerError, type Answers, askedAbout, isPut, score, type Sex } from "./score";

const packs = import.meta.glob<Pack>("../generated/instruments/*.json", {
  import: "default",
  eager: true,
});

const packOf = (id: string, version: string): Pack => {
  const pack = packs[`../generated/instruments/${id}-${version}.json`];
  if (pack === undefined) throw new Error(`${id} ${version} was not exported: run make setup`);
  return pack;
};

interface Vector {
  name: string;
  instrument: string;
  version: string;
  answers: Answers;
  sex?: Sex;
  expected: {
    scores: Record<string, number | null>;
    band: string | null;
    missing: string[];
    alerts: Partial<AlertView>[];
  };
}

const vectors = shared as unknown as Vector[];

/** To nine decimals: beyond that two languages may round differently. */
const nine = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 1e9) / 1e9;

describe("the vectors shared with the server", () => {
  it("are there", () => expect(vectors.length).toBeGreaterThan(20));

  it.each(vectors.map((vector) => [`${vector.instrument}: ${vector.name}`, vector] as const))(
    "%s",
    (_name, vector) => {
      const pack = packOf(vector.instrument, vector.version);
      const scored = score(pack, vector.answers, vector.sex ?? null);
      expect(scored.missing).toEqual(vector.expected.missing);
      expect(scored.band).toBe(vector.expected.band);
      const rounded = Object.entries(scored.scores).filter(([scale]) => scale in vector.expected.scores);
      expect(Object.fromEntries(rounded.map(([scale, value]) => [scale, nine(value)]))).toEqual(
        Object.fromEntries(
          Object.entries(vector.expected.scores).map(([scale, value]) => [scale, nine(value)]),
        ),
      );
      expect(scored.alerts).toMatchObject(vector.expected.alerts);
    },
  );
});

describe("answers that cannot be used", () => {
  const phq9 = packOf("phq-9", "1.0.0");

  it.each([
    ["a question that does not exist", { phq9_99: 1 }],
    ["a code that is none of the question's", { phq9_1: 4 }],
    ["a code that is no whole number", { phq9_1: 1.5 }],
    ["a word", { phq9_1: "often" }],
    ["one question under two names", { phq9_1: 1, "44250-9": 1 }],
  ] as [string, Answers][])("are refused: %s", (_name, answers) => {
    expect(() => score(phq9, answers)).toThrow(AnswerError);
  });
});

describe("which questions are put", () => {
  const asq = packOf("asq", "1.0.0");
  const right = asq.items.find((item) => item.id === "asq_5");

  it("asks about right now only after a yes", () => {
    if (right === undefined) throw new Error("asq_5 is gone");
    expect(isPut(asq, right, { asq_1: 0, asq_2: 0, asq_3: 0, asq_4: 0 }, null)).toBe(false);
    expect(isPut(asq, right, { asq_1: 0, asq_2: 1, asq_3: 0, asq_4: 0 }, null)).toBe(true);
  });

  it("counts a refusal as a yes", () => {
    if (right === undefined) throw new Error("asq_5 is gone");
    expect(isPut(asq, right, { asq_1: null, asq_2: 0, asq_3: 0, asq_4: 0 }, null)).toBe(true);
  });

  it("asks again about a passed question on thoughts of death", () => {
    expect(askedAbout(packOf("phq-9", "1.0.0"))).toEqual(["phq9_9"]);
  });
});
