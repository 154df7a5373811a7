// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Call, type CallPorts } from "./call";
import { FakeConnection, Relay } from "./testing";
import type { Role } from "./wire";

const VISIT = "00000000-0000-4000-8000-00000000000a";

interface Side {
  call: Call;
  last: () => FakeConnection;
  count: () => number;
  noted: string[];
}

const calls: Call[] = [];

function join(relay: Relay, role: Role): Side {
  const made: FakeConnection[] = [];
  const noted: string[] = [];
  const ports: CallPorts = {
    say: (said) => relay.say(role, said),
    sign: async () => null,
    check: async () => "bare",
    words: async () => [],
    connection: () => {
      const connection = new FakeConnection();
      made.push(connection);
      if (role === "clinician") setTimeout(() => connection.onnegotiationneeded?.());
      return connection as unknown as RTCPeerConnection;
    },
    stream: () => ({ addTrack: () => undefined }) as unknown as MediaStream,
    changed: () => undefined,
    connected: (way) => noted.push(way),
    lost: () => noted.push("lost"),
  };
  const call = new Call({ visit: VISIT, role, me: role, other: "x" }, [], { audio: null, video: null }, ports);
  relay.ears.set(role, (said) => call.heard(said));
  calls.push(call);
  call.start();
  return { call, last: () => made.at(-1)!, count: () => made.length, noted };
}

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(50);

async function together(relay = new Relay()): Promise<{ robin: Side; dana: Side; relay: Relay }> {
  const robin = join(relay, "client");
  const dana = join(relay, "clinician");
  await settle();
  return { robin, dana, relay };
}

const phases = (...sides: Side[]): string[] => sides.map(({ call }) => call.standing.phase);

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  for (const call of calls.splice(0)) call.stop();
  vi.useRealTimers();
});

describe("a call", () => {
  it("connects whoever comes first", async () => {
    const { robin, dana } = await together();
    expect(phases(robin, dana)).toEqual(["together", "together"]);
    expect([robin.count(), dana.count()]).toEqual([1, 1]);
  });

  it("goes on untouched where the line to the server is cut and comes back", async () => {
    const { robin, dana } = await together();
    robin.call.look();
    dana.call.look();
    await settle();
    expect([robin.count(), dana.count()]).toEqual([1, 1]);
    expect(phases(robin, dana)).toEqual(["together", "together"]);
  });

  it("finds a reloaded page again", async () => {
    const { dana, relay } = await together();
    const anew = join(relay, "client");
    await settle();
    expect(phases(anew, dana)).toEqual(["together", "together"]);
    expect(dana.count()).toBe(2);
  });

  it("looks for another way before it begins anew, and keeps the media meanwhile", async () => {
    const { dana } = await together();
    dana.last().move("disconnected");
    expect(dana.call.standing.phase).toBe("mending");
    await vi.advanceTimersByTimeAsync(2600);
    expect(dana.last().restarts).toBe(1);
    expect(dana.count()).toBe(1);
  });

  it("begins anew where another way was not found", async () => {
    let unreachable = false;
    const { robin, dana } = await together(new Relay((said) => (unreachable && said.t === "sdp" ? null : said)));
    unreachable = true;
    dana.last().move("disconnected");
    await vi.advanceTimersByTimeAsync(2500 + 6900);
    unreachable = false;
    await vi.advanceTimersByTimeAsync(200);
    expect(dana.count()).toBe(2);
    expect(phases(robin, dana)).toEqual(["together", "together"]);
    expect(dana.noted).toEqual(["direct", "lost", "direct"]);
  });

  it("says that nobody is there where a new attempt is not answered", async () => {
    let gone = false;
    const { dana } = await together(new Relay((said) => (gone ? null : said)));
    gone = true;
    dana.last().move("disconnected");
    await vi.advanceTimersByTimeAsync(2500 + 7000 + 9000);
    expect(phases(dana)).toEqual(["apart"]);
  });

  it("waits for the other where they left for now, and takes them back", async () => {
    const { robin, dana, relay } = await together();
    robin.call.stop();
    await settle();
    expect(phases(dana)).toEqual(["apart"]);
    const back = join(relay, "client");
    await settle();
    expect(phases(back, dana)).toEqual(["together", "together"]);
  });

  it("is one person's on one device: the earlier one yields until it is asked again", async () => {
    const { robin, relay, dana } = await together();
    const phone = join(relay, "client");
    // The topic tells everybody but the one who speaks.
    robin.call.heard({ t: "hello", n: "other", r: "client", back: false });
    await settle();
    expect(phases(robin, phone, dana)).toEqual(["elsewhere", "together", "together"]);
  });

  it("hears nothing in what is nobody's word", async () => {
    const { robin } = await together();
    for (const noise of [null, 7, {}, { t: "hello" }, { t: "sdp", n: "x", to: "y", kind: "rollback", sdp: "", s: null }]) {
      robin.call.heard(noise);
    }
    expect(robin.count()).toBe(1);
  });
});
