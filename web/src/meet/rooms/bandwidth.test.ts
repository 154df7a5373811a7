import { describe, expect, it } from "vitest";

import { type Bearing, BEST, measured, type Measured, next, START } from "./bandwidth";

const FINE: Measured = { lost: 0, roundTrip: 0.05, available: 3_000_000 };
const after = (from: Bearing, rounds: number, seen: Measured): Bearing =>
  Array.from({ length: rounds }).reduce<Bearing>((bearing) => next(bearing, seen), from);

describe("how much picture a connection bears", () => {
  it("is all of it where there is room", () => {
    expect(after(START, 6, FINE).level).toBe(BEST);
  });

  it("goes down at once and up slowly", () => {
    const down = next({ level: 3, good: 0 }, { ...FINE, lost: 0.1 });
    expect(down.level).toBe(2);
    expect(after(down, 2, FINE).level).toBe(2);
    expect(after(down, 3, FINE).level).toBe(3);
  });

  it("comes to rest where most is lost, so that sound gets through, and comes back later", () => {
    const rest = after({ level: 3, good: 0 }, 2, { ...FINE, lost: 0.4 });
    expect(rest.level).toBe(0);
    expect(after(rest, 4, FINE).level).toBe(0);
    expect(after(rest, 5, FINE).level).toBe(1);
  });

  it("goes down where the network is too narrow for it", () => {
    expect(next({ level: 3, good: 0 }, { ...FINE, available: 500_000 }).level).toBe(2);
    expect(next({ level: 1, good: 0 }, { ...FINE, available: 60_000 }).level).toBe(0);
  });

  it("does not go up on a connection that loses some", () => {
    expect(after(START, 20, { ...FINE, lost: 0.04 }).level).toBe(START.level);
  });
});

describe("what a browser's statistics say", () => {
  const report = (lost: number, sent: number): RTCStatsReport =>
    new Map<string, Record<string, unknown>>([
      ["a", { type: "remote-inbound-rtp", packetsLost: lost, roundTripTime: 0.2 }],
      ["b", { type: "outbound-rtp", packetsSent: sent }],
      ["c", { type: "candidate-pair", nominated: true, state: "succeeded", availableOutgoingBitrate: 9 }],
    ]) as unknown as RTCStatsReport;

  it("is the share lost since the round before", () => {
    const [, before] = measured(report(10, 100), null);
    const [now] = measured(report(15, 200), before);
    expect(now).toEqual({ lost: 0.05, roundTrip: 0.2, available: 9 });
  });
});
