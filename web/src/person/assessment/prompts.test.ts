// @vitest-environment node
import { v5 as uuid5 } from "uuid";
import { describe, expect, it } from "vitest";

import plan from "@/generated/assessments/mood-days-1.0.0.json";
import type { OutboxEntry } from "@/queue/db";

import type { Plan } from "./asking";
import { type Detail, placeOf, type PromptItem, putSoFar, standing } from "./prompts";

const PLAN = plan as Plan;
const ASSIGNMENT = "018f0000-0000-7000-8000-000000000001";

const detail = {
  assignment_id: ASSIGNMENT,
  starts_on: "2026-10-19",
  asked: [{ day: 1, prompt: "morning", items: ["md_mood"] }],
} as unknown as Detail;

const prompt = (on: string, slot: number, opens: string, closes: string): PromptItem =>
  ({
    prompt_id: uuid5(`${on}/${slot}`, ASSIGNMENT),
    assignment_id: ASSIGNMENT,
    due_on: on,
    opens_at: opens,
    closes_at: closes,
  }) as PromptItem;

const sent = (promptId: string | null, answers: Record<string, number | null>): OutboxEntry =>
  ({ body: { prompt_id: promptId, answers } }) as unknown as OutboxEntry;

const EVENING = prompt("2026-10-24", 2, "2026-10-24T20:00:00Z", "2026-10-24T23:00:00Z");
const MORNING = prompt("2026-10-25", 0, "2026-10-25T07:00:00Z", "2026-10-25T10:00:00Z");

describe("a prompt's place", () => {
  it("follows from its identifier, also across a change of the clocks", () => {
    expect(placeOf(PLAN, detail, EVENING)).toEqual({ day: 6, prompt: "evening" });
    expect(placeOf(PLAN, detail, MORNING)).toEqual({ day: 7, prompt: "morning" });
  });

  it("is none for a prompt of something else", () => {
    expect(placeOf(PLAN, detail, { ...EVENING, prompt_id: ASSIGNMENT })).toBeNull();
  });
});

it("what waits on this device counts as put", () => {
  const put = putSoFar(PLAN, detail, [
    sent(EVENING.prompt_id, { md_mood: 2, md_death: null }),
    sent(null, { phq9_1: 0 }),
  ]);
  expect(put).toEqual([
    { day: 1, prompt: "morning", items: ["md_mood"] },
    { day: 6, prompt: "evening", items: ["md_mood", "md_death"] },
  ]);
});

describe("the prompt that stands open", () => {
  const at = (instant: string, outbox: OutboxEntry[] = []) =>
    standing(detail, [MORNING, EVENING], outbox, Date.parse(instant));

  it("is the one whose window holds now", () => {
    expect(at("2026-10-24T22:30:00Z")).toEqual({ now: EVENING, next: MORNING });
    expect(at("2026-10-24T23:00:00Z")).toEqual({ now: null, next: MORNING });
    expect(at("2026-10-25T07:00:00Z")).toEqual({ now: MORNING, next: null });
  });

  it("is none once it was answered on this device", () => {
    expect(at("2026-10-24T22:30:00Z", [sent(EVENING.prompt_id, {})]).now).toBeNull();
  });
});
