// @vitest-environment node
import { describe, expect, it } from "vitest";

import type { DueItem } from "@/api/types";
import type { OutboxEntry } from "@/queue/db";

import { asked, mustBy, sameClock } from "./prompts";

const HOUR = 3_600_000;
const NINE = Date.parse("2026-11-23T08:00:00Z");

function prompt(id: string, opens: number, hours: number | null, more: Partial<DueItem> = {}): DueItem {
  return {
    prompt_id: id,
    assignment_id: `a-${id}`,
    instrument: "mood",
    version: "1.0.0",
    title: "Mood",
    items: 2,
    kind: "daily_times",
    due_on: "2026-11-23",
    opens_at: new Date(opens).toISOString(),
    closes_at: hours === null ? null : new Date(opens + hours * HOUR).toISOString(),
    state: "planned",
    snoozed_until: null,
    snoozes_left: 0,
    snooze_minutes: 15,
    ...more,
  };
}

function answer(at: number, more: Partial<OutboxEntry["body"]> = {}): OutboxEntry {
  return {
    id: "r1",
    ownerId: "u1",
    practiceId: "p1",
    clientId: "c1",
    queuedAt: "",
    attempts: 0,
    nextAttemptAt: 0,
    state: "waiting",
    refusal: null,
    receipt: null,
    body: {
      id: "r1",
      instrument: "mood",
      version: "1.0.0",
      language: "en",
      answers: {},
      answered_at: new Date(at).toISOString(),
      time_zone: "Europe/Berlin",
      schema: 1,
      ...more,
    } as OutboxEntry["body"],
  };
}

const ids = (list: DueItem[]): string[] => list.map((each) => each.prompt_id);
const three = [prompt("morning", NINE, 2), prompt("noon", NINE + 5 * HOUR, 2), prompt("night", NINE + 11 * HOUR, 2)];

describe("what a device asks by itself", () => {
  it("opens and closes by the clock, as it was told two days ago", () => {
    const at = (hours: number): [string[], string[]] => {
      const { open, later } = asked(three, [], NINE + hours * HOUR);
      return [ids(open), ids(later)];
    };
    expect(at(-1)).toEqual([[], ["morning", "noon", "night"]]);
    expect(at(0)).toEqual([["morning"], ["noon", "night"]]);
    expect(at(2)).toEqual([[], ["noon", "night"]]);
    expect(at(6.5)).toEqual([["noon"], ["night"]]);
    expect(at(40)).toEqual([[], []]);
  });

  it("does not ask again what was answered here and is still on its way", () => {
    const given = [answer(NINE + HOUR)];
    expect(ids(asked(three, given, NINE + HOUR).open)).toEqual([]);
    // The morning's answer is not the afternoon's.
    expect(ids(asked(three, given, NINE + 5 * HOUR).open)).toEqual(["noon"]);
  });

  it("takes the prompt that an answer names, also when it came after closing", () => {
    const late = [answer(NINE + 2.2 * HOUR, { prompt_id: "morning" })];
    const open = [prompt("morning", NINE, 4)];
    expect(ids(asked(open, late, NINE + 3 * HOUR).open)).toEqual([]);
  });

  it("does not take a follow-up for an answer", () => {
    const followUp = [answer(NINE + HOUR, { parent: "r0" })];
    expect(ids(asked(three, followUp, NINE + HOUR).open)).toEqual(["morning"]);
  });

  it("comes back when it was put off", () => {
    const off = [prompt("one", NINE, 4, { snoozed_until: new Date(NINE + HOUR).toISOString(), state: "snoozed" })];
    expect(ids(asked(off, [], NINE + 0.5 * HOUR).later)).toEqual(["one"]);
    expect(ids(asked(off, [], NINE + HOUR).open)).toEqual(["one"]);
  });

  it("says until when only where there is a window, and does not announce what waits already", () => {
    expect(mustBy(prompt("window", NINE, 2))).toBe("2026-11-23T10:00:00.000Z");
    expect(mustBy(prompt("all day", NINE, 24))).toBeNull();
    expect(mustBy(prompt("once", NINE, null))).toBeNull();
    const daily = [prompt("today", NINE, 24), prompt("tomorrow", NINE + 24 * HOUR, 24)].map((each) => ({
      ...each,
      assignment_id: "a1",
    }));
    expect(ids(asked(daily, [], NINE + HOUR).later)).toEqual([]);
  });

  it("asks one questionnaire once, however often it was assigned", () => {
    const twice = [prompt("b", NINE + HOUR, null), prompt("a", NINE, null)];
    expect(ids(asked(twice, [], NINE + 2 * HOUR).open)).toEqual(["a"]);
  });
});

describe("two zones' clocks", () => {
  it("are the same under an old and a new name, and differ where summer does", () => {
    expect(sameClock("Asia/Calcutta", "Asia/Kolkata", NINE)).toBe(true);
    expect(sameClock("Europe/Berlin", "Europe/Paris", NINE)).toBe(true);
    expect(sameClock("Europe/Berlin", "Africa/Lagos", NINE)).toBe(false);
    expect(sameClock("Europe/Berlin", "America/New_York", NINE)).toBe(false);
  });
});
