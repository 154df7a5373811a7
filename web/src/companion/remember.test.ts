// @vitest-environment node
import { describe, expect, it } from "vitest";

import { forgetting, helping, partOfDay, remembering } from "./remember";

const NOW = new Date(2026, 10, 24, 20, 0);
const DAY = NOW.toISOString().slice(0, 10);
const EMPTY = { allowed: true, finished: {}, goals: [], past: [] };
const offer = (flow: string) => ({ kind: "offer", data: { flow, chance: 0.25, part: "evening" } });
const finished = (flow: string) => ({ kind: "finished", data: { flow } });

describe("what it remembers", () => {
  it("keeps an offer with its chance as not taken until it is finished", () => {
    const made = remembering(EMPTY, [offer("sleep")], NOW);
    expect(made.past).toEqual([
      { flow: "sleep", part: "evening", day: DAY, taken: false, helped: null, chance: 0.25 },
    ]);
    const done = remembering(made, [finished("sleep")], NOW);
    expect(done.past).toHaveLength(1);
    expect(done.past[0]).toMatchObject({ taken: true, chance: 0.25 });
    expect(done.finished).toEqual({ sleep: DAY });
    expect(helping(done, "sleep", "little").past[0]).toMatchObject({ helped: "little" });
  });

  it("keeps what was begun without an offer, and that nothing was the wrong offer then", () => {
    const nothing = remembering(EMPTY, [offer("nothing")], NOW);
    expect(nothing.past[0]).toMatchObject({ taken: true, helped: "much" });
    const done = remembering(nothing, [finished("worry")], NOW);
    expect(done.past.map(({ flow, helped }) => [flow, helped])).toEqual([
      ["nothing", "not"],
      ["worry", null],
    ]);
  });

  it("forgets an exercise whole, and keeps the newest two hundred offers", () => {
    let memory: Parameters<typeof helping>[0] = EMPTY;
    for (let count = 0; count < 250; count += 1) memory = remembering(memory, [offer("worry")], NOW);
    memory = remembering(memory, [offer("sleep"), finished("sleep")], NOW);
    expect(memory.past).toHaveLength(200);
    const left = forgetting(memory, "sleep");
    expect(left.finished).toEqual({});
    expect(left.past.some(({ flow }) => flow === "sleep")).toBe(false);
  });

  it("takes nothing from effects of other kinds or forms, and no opinion on what was not done", () => {
    const effects = [{ kind: "offer", data: { flow: 3 } }, { kind: "keep", data: { text: "x" } }];
    expect(remembering(EMPTY, effects, NOW)).toEqual(EMPTY);
    expect(helping(EMPTY, "sleep", "much")).toEqual(EMPTY);
  });

  it.each([[5, "night"], [6, "morning"], [11, "day"], [18, "evening"], [22, "night"]])(
    "%i o'clock is %s",
    (hour, part) => expect(partOfDay(hour)).toBe(part),
  );
});
