// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { VaultError } from "@/vault/engine/errors";
import { type Bytes, random } from "@/vault/engine/encoding";
import type { RoomKeyWire } from "@/vault/groupKeys";

import { type Presence, Roster } from "./roster";
import type { GroupSaid } from "./wire";
import { groupSaidOf } from "./wire";

const ALL = ["dana", "ash", "birch", "cedar"];
const allowed = (accounts: readonly string[]) =>
  accounts.map((account) => ({ account, keys: [], host: account === "dana" }));

/** Keys as the server carries them, without seals: who may open one is what the roster decides. */
const secrets = new Map<string, Bytes>();

class Topic {
  readonly devices: Device[] = [];
  readonly said: GroupSaid[] = [];
  lost: (said: GroupSaid) => boolean = () => false;

  say(from: Device, said: GroupSaid): void {
    this.said.push(said);
    if (this.lost(said)) return;
    for (const device of this.devices) {
      if (device !== from) queueMicrotask(() => void device.roster.heard(structuredClone(said), from.connection));
    }
  }
}

class Device {
  presence: Presence | null = null;
  readonly keys = new Map<number, Bytes>();
  sending = 0;
  readonly roster: Roster;

  constructor(
    readonly topic: Topic,
    readonly account: string,
    readonly connection: string,
    can = true,
    strange: readonly string[] = [],
  ) {
    this.roster = new Roster(account, can, {
      say: (said) => topic.say(this, said),
      makeKey: async (number, seats) => {
        if (seats.some(([who]) => strange.includes(who))) throw new VaultError("keys-changed-unexpectedly");
        const key = random(32);
        const wire: RoomKeyWire = { number, maker: account, seats, signature: `${account} ${number} ${Math.random()}`, keys: [] };
        secrets.set(wire.signature, key);
        return { wire, key };
      },
      openKey: async (wire) => secrets.get(wire.signature)!,
      refusal: (error) => error instanceof VaultError,
      learn: (number, key) => void this.keys.set(number, key),
      send: (number) => (this.sending = number),
      changed: (presence) => (this.presence = presence),
      pair: () => undefined,
    });
    topic.devices.push(this);
    this.roster.allow(allowed(ALL));
    this.roster.tell({ name: `${account} here`, microphone: true, camera: true, screen: false });
    this.roster.start();
  }

  get key(): Bytes | undefined {
    return this.keys.get(this.sending);
  }

  leave(): void {
    this.topic.devices.splice(this.topic.devices.indexOf(this), 1);
    this.roster.stop();
  }
}

/** Sealing takes real time beside the timers' own. */
async function settle(ms = 1500): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setImmediate(done));
}

/** However long sealing takes on a machine that does other things. */
async function until(is: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20_000 && !is(); turn += 1) await new Promise((done) => setImmediate(done));
}

const made: Device[] = [];

async function room(...accounts: string[]): Promise<{ topic: Topic; devices: Device[] }> {
  const topic = new Topic();
  const devices = accounts.map((account) => new Device(topic, account, `${account}-1`));
  made.push(...devices);
  await settle();
  return { topic, devices };
}

const oneKey = (devices: readonly Device[]): boolean =>
  devices.every(({ key }) => key !== undefined && key === devices[0]?.key);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

afterEach(() => {
  for (const device of made.splice(0)) device.roster.stop();
  vi.useRealTimers();
});

describe("a group's devices", () => {
  it("have one key among them, made by who holds the group, and know what each wants to be called", async () => {
    const { topic, devices } = await room("ash", "birch", "dana");
    expect(oneKey(devices)).toBe(true);
    const makers = topic.said.flatMap((said) => (said.t === "key" ? [said.key.maker] : []));
    expect(makers.at(-1)).toBe("dana");
    await until(() => devices.every(({ presence }) => presence?.people.every(({ card }) => card !== null)));
    for (const { presence, account } of devices) {
      expect(presence).toMatchObject({ mode: "sealed", sharing: 3 });
      expect(presence?.people.map(({ card }) => card?.name).toSorted()).toEqual(
        ["ash", "birch", "dana"].filter((each) => each !== account).map((each) => `${each} here`),
      );
    }
    // Nobody's name passes readably.
    expect(JSON.stringify(topic.said)).not.toContain("ash here");
  });

  it("have another key once somebody left, and one more once somebody came", async () => {
    const { topic, devices } = await room("dana", "ash", "birch");
    const [dana, ash, birch] = devices as [Device, Device, Device];
    const first = dana.key;
    birch.leave();
    await settle();
    expect(oneKey([dana, ash])).toBe(true);
    expect(dana.key).not.toBe(first);
    expect([...birch.keys.values()]).not.toContain(dana.key);
    const second = dana.key;
    const cedar = new Device(topic, "cedar", "cedar-1");
    made.push(cedar);
    await settle();
    expect(oneKey([dana, ash, cedar])).toBe(true);
    expect([...cedar.keys.values()]).not.toContain(second);
  });

  it("have another key once the server says that somebody is out, whatever their device says", async () => {
    const { devices } = await room("dana", "ash", "birch");
    const [dana, ash, birch] = devices as [Device, Device, Device];
    for (const one of [dana, ash]) one.roster.allow(allowed(["dana", "ash"]));
    await settle();
    expect(oneKey([dana, ash])).toBe(true);
    expect([...birch.keys.values()]).not.toContain(dana.key);
    expect(dana.presence?.people.map(({ account }) => account)).toEqual(["ash"]);
  });

  it("go on under another maker once who holds the group is gone, and its return takes it over", async () => {
    const { topic, devices } = await room("dana", "ash", "birch");
    const [dana, ash, birch] = devices as [Device, Device, Device];
    dana.leave();
    await settle();
    expect(oneKey([ash, birch])).toBe(true);
    const back = new Device(topic, "dana", "dana-2");
    made.push(back);
    await settle();
    expect(oneKey([back, ash, birch])).toBe(true);
  });

  it("ask again for a key that was lost on the way", async () => {
    const topic = new Topic();
    let losing = true;
    topic.lost = (said) => losing && said.t === "key";
    const devices = ["dana", "ash"].map((account) => new Device(topic, account, account));
    made.push(...devices);
    await settle();
    expect(devices[1]?.presence?.mode).toBe("hold");
    losing = false;
    await settle(4000);
    expect(oneKey(devices)).toBe(true);
  });

  it("all send plainly and say why where one of them cannot seal", async () => {
    const { topic, devices } = await room("dana", "ash");
    const old = new Device(topic, "birch", "birch-1", false);
    made.push(old);
    await settle();
    for (const { presence } of [...devices, old]) expect(presence).toMatchObject({ mode: "plain", unable: ["birch"] });
    old.leave();
    await settle();
    for (const { presence } of devices) expect(presence).toMatchObject({ mode: "sealed", sharing: 2 });
  });

  it("leave out whoever's keys are not those known, and tell so", async () => {
    const topic = new Topic();
    const dana = new Device(topic, "dana", "dana-1", true, ["birch"]);
    const others = ["ash", "birch"].map((account) => new Device(topic, account, `${account}-1`));
    made.push(dana, ...others);
    await settle(3000);
    expect(dana.presence?.refused).toEqual(["birch"]);
    expect(dana.key).toBe(others[0]?.key);
    expect([...(others[1]?.keys.values() ?? [])]).not.toContain(dana.key);
  });

  it("give one person's later device the room", async () => {
    const { topic, devices } = await room("dana", "ash");
    const phone = new Device(topic, "ash", "ash-2");
    made.push(phone);
    await settle();
    expect(devices[1]?.presence?.elsewhere).toBe(true);
    expect(oneKey([devices[0]!, phone])).toBe(true);
  });

  it("do not take a socket that ended for somebody who spoke over another", async () => {
    const { devices } = await room("dana", "ash");
    const [dana] = devices as [Device, Device];
    dana.roster.went("somebody else's");
    await settle();
    expect(dana.presence?.people.length).toBe(1);
    dana.roster.went("ash-1");
    await settle();
    expect(dana.presence?.people.length).toBe(0);
  });
});

describe("what is said in a group", () => {
  it("is nothing where it is not of this protocol", () => {
    for (const noise of [null, 3, {}, { t: "here" }, { t: "here", a: "a", n: "n", can: 1, number: 0, back: true }, { t: "key", key: { seats: [] } }, { t: "card", a: "a", n: "n", number: -1, box: "" }]) {
      expect(groupSaidOf(noise)).toBeNull();
    }
  });
});
