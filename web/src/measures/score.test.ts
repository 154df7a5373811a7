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
  expected?: {
    scores: Record<string, number | null>;
    band: string | null;
    missing: string[];
    alerts: Partial<AlertView>[];
  };
  error?: { item: string };
}

const vectors = shared as unknown as Vector[];

describe("the vectors shared with the server", () => {
  it("are there", () => expect(vectors.length).toBeGreaterThan(20));

  it.each(vectors.map((vector) => [`${vector.instrument}: ${vector.name}`, vector] as const))(
    "%s",
    (_name, vector) => {
      const run = () => score(packOf(vector.instrument, vector.version), vector.answers, vector.sex ?? null);
      if (vector.expected === undefined) {
        expect(run).toThrow(AnswerError);
        return;
      }
      const scored = run();
      expect(scored.missing).toEqual(vector.expected.missing);
      expect(scored.band).toBe(vector.expected.band);
      expect(Object.keys(scored.scores)).toEqual(
        expect.arrayContaining(Object.keys(vector.expected.scores)),
      );
      for (const [scale, value] of Object.entries(vector.expected.scores)) {
        if (value === null) expect(scored.scores[scale]).toBeNull();
        else expect(scored.scores[scale]).toBeCloseTo(value, 9);
      }
      expect(scored.alerts).toHaveLength(vector.expected.alerts.length);
      for (const [index, alert] of vector.expected.alerts.entries()) {
        expect(scored.alerts[index]).toMatchObject(alert);
      }
    },
  );
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
