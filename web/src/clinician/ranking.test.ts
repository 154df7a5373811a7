// @vitest-environment node
import { describe, expect, it } from "vitest";

import { byUrgency, compareInstants } from "./ranking";
import type { FlagRow } from "./types";

const flag = (part: Partial<FlagRow>): FlagRow => ({
  id: "x",
  client_id: "c",
  display_name: "Mira",
  level: "concern",
  reason: "thoughts-of-death",
  state: "open",
  raised_at: "2026-11-23T08:00:00Z",
  answered_at: "2026-11-23T08:00:00Z",
  due_at: "2026-11-23T12:00:00Z",
  due_kind: "same_day",
  owner_id: null,
  owner_name: null,
  seen_by: null,
  seen_at: null,
  alarm: false,
  historical: false,
  repeats: 0,
  reachable: true,
  outcome: null,
  ...part,
});

const sorted = (...flags: FlagRow[]) => flags.sort(byUrgency).map((each) => each.id);

describe("byUrgency", () => {
  it("puts the higher level first, then what is due earlier", () => {
    expect(
      sorted(
        flag({ id: "late" }),
        flag({ id: "early", due_at: "2026-11-23T09:00:00Z" }),
        flag({ id: "urgent", level: "urgent", due_at: "2026-11-24T09:00:00Z" }),
      ),
    ).toEqual(["urgent", "early", "late"]);
  });

  it("puts a flag that nobody on call answered above a higher one that still has its time", () => {
    expect(sorted(flag({ id: "urgent", level: "urgent" }), flag({ id: "alarm", alarm: true }))).toEqual(["alarm", "urgent"]);
  });

  it("puts what nobody has seen above what a colleague has in hand, within a level", () => {
    expect(sorted(flag({ id: "seen", state: "acknowledged", due_at: null }), flag({ id: "open" }))).toEqual(["open", "seen"]);
  });

  it("never lets imported history stand above the living, and closed ones come last", () => {
    expect(
      sorted(
        flag({ id: "closed", state: "closed", level: "emergency" }),
        flag({ id: "history", historical: true, level: "emergency" }),
        flag({ id: "watch", level: "watch" }),
      ),
    ).toEqual(["watch", "history", "closed"]);
  });

  it("is an order: comparing either way round gives opposite answers", () => {
    const all = [flag({ id: "a" }), flag({ id: "b", level: "urgent" }), flag({ id: "c", due_at: null }), flag({ id: "d", alarm: true })];
    for (const one of all) for (const other of all) {
      expect(Math.sign(byUrgency(one, other)) + Math.sign(byUrgency(other, one))).toBe(0);
    }
  });
});

describe("compareInstants", () => {
  it("puts what has no instant last", () => {
    expect(["2026-01-02T00:00:00Z", null, "2026-01-01T00:00:00Z"].sort(compareInstants)).toEqual([
      "2026-01-01T00:00:00Z",
      "2026-01-02T00:00:00Z",
      null,
    ]);
  });
});
