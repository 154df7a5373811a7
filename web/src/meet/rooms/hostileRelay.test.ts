// @vitest-environment node
import "fake-indexeddb/auto";

import { v4 } from "uuid";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { calling } from "@/vault/calling";
import { VaultError } from "@/vault/engine/errors";
import type { WireEntry } from "@/vault/engine/wire";
import { keyring } from "@/vault/keyring";

import { Call, type Parties } from "./call";
import { FakeConnection, printOf, Relay } from "./testing";
import { type Ask, type Known, signing } from "./trust";
import type { Described, Role, Said } from "./wire";

const VISIT = "00000000-0000-4000-8000-00000000000a";
/** Somebody else in each test: a device remembers whose keys it saw. */
let ROBIN = "";
let DANA = "";
const CODE = { kind: "recovery", code: new Uint8Array(20) } as const;

const ask: Ask = (name, ...given) =>
  (calling[name] as (...all: unknown[]) => ReturnType<(typeof calling)[typeof name]>)(...given);

async function withKeys(account: string): Promise<Known> {
  const { keys } = await keyring.begin(account, [CODE], 1_790_000_000);
  await keyring.confirm(account);
  return { account, keys: [keys] };
}

interface Side {
  call: Call;
  connections: () => FakeConnection[];
}

const calls: Call[] = [];

function join(relay: Relay, role: Role, own: Known, other: Known, bareAllowed = false): Side {
  const parties: Parties = { visit: VISIT, role, me: own.account, other: other.account };
  const made: FakeConnection[] = [];
  const call = new Call(parties, [], { audio: null, video: null }, {
    say: (said) => relay.say(role, said),
    ...signing(ask, VISIT, own, other, () => bareAllowed),
    connection: () => {
      const connection = new FakeConnection();
      made.push(connection);
      // Without sound or picture nothing asks for an offer by itself.
      if (role === "clinician") setTimeout(() => connection.onnegotiationneeded?.());
      return connection as unknown as RTCPeerConnection;
    },
    stream: () => ({ addTrack: () => undefined }) as unknown as MediaStream,
    changed: () => undefined,
    connected: () => undefined,
    lost: () => undefined,
  });
  relay.ears.set(role, (said) => call.heard(said));
  calls.push(call);
  return { call, connections: () => made };
}

async function both(
  change?: (said: Said, from: Role) => Said | null,
  more: { robin?: Known; dana?: Known; robinSeesDana?: Known; bareAllowed?: boolean } = {},
): Promise<{ robin: Side; dana: Side; relay: Relay }> {
  const ofRobin = more.robin ?? (await withKeys(ROBIN));
  const ofDana = more.dana ?? (await withKeys(DANA));
  const relay = new Relay(change);
  const robin = join(relay, "client", ofRobin, more.robinSeesDana ?? ofDana, more.bareAllowed);
  const dana = join(relay, "clinician", ofDana, ofRobin, more.bareAllowed);
  robin.call.start();
  dana.call.start();
  return { robin, dana, relay };
}

const taken = ({ connections }: Side): number =>
  connections().reduce((sum, each) => sum + each.taken.length, 0);

const described = (said: Said): said is Described => said.t === "sdp";

/** What somebody between the two does: their own certificate in the place of the sender's. */
const swapped = (said: Said): Said =>
  described(said) ? { ...said, sdp: said.sdp.replace(/sha-256 \S+/, `sha-256 ${printOf(250)}`) } : said;

beforeEach(() => {
  [ROBIN, DANA] = [v4(), v4()];
});

afterEach(() => {
  for (const call of calls.splice(0)) call.stop();
});

describe("a call whose topic carries what was said", () => {
  it("connects, and both sides read the same twelve words", async () => {
    const { robin, dana } = await both();
    await vi.waitFor(() => {
      expect(robin.call.standing.words).toHaveLength(12);
      expect(dana.call.standing.words).toEqual(robin.call.standing.words);
    });
    expect([robin.call.standing.phase, dana.call.standing.phase]).toEqual(["together", "together"]);
    expect([robin.call.standing.trust, dana.call.standing.trust]).toEqual(["signed", "signed"]);
  });
});

describe("a relay that stands between the two", () => {
  it("is refused where it puts its own certificate in", async () => {
    const { robin } = await both(swapped);
    await vi.waitFor(() => expect(robin.call.standing.phase).toBe("refused"));
    expect(robin.call.standing.refusal).toBe("wrong-signature");
    expect(taken(robin)).toBe(0);
  });

  it("is refused where it adds its own beside the true one", async () => {
    const { robin } = await both((said) =>
      described(said) ? { ...said, sdp: `${said.sdp}a=fingerprint:sha-256 ${printOf(250)}\r\n` } : said,
    );
    await vi.waitFor(() => expect(robin.call.standing.refusal).toBe("wrong-signature"));
    expect(taken(robin)).toBe(0);
  });

  it("is refused where it asks for a weaker hash", async () => {
    const { robin } = await both((said) =>
      described(said) ? { ...said, sdp: said.sdp.replace("sha-256", "sha-1") } : said,
    );
    await vi.waitFor(() => expect(robin.call.standing.refusal).toBe("unreadable"));
    expect(taken(robin)).toBe(0);
  });

  it("is refused where it drops the signature", async () => {
    const { robin } = await both((said) => (described(said) ? { ...swapped(said), s: null } as Said : said));
    await vi.waitFor(() => expect(robin.call.standing.refusal).toBe("not-signed"));
    expect(taken(robin)).toBe(0);
  });

  it("is refused where it changes the answer only", async () => {
    const { dana } = await both((said, from) => (from === "client" ? swapped(said) : said));
    await vi.waitFor(() => expect(dana.call.standing.refusal).toBe("wrong-signature"));
    expect(taken(dana)).toBe(0);
  });

  it("gains nothing from what was signed for an earlier attempt", async () => {
    const ofRobin = await withKeys(ROBIN);
    const ofDana = await withKeys(DANA);
    const first = await both(undefined, { robin: ofRobin, dana: ofDana });
    await vi.waitFor(() => expect(first.robin.call.standing.phase).toBe("together"));
    const old = first.relay.heard.filter(described).find((said) => said.kind === "offer");
    const { robin } = await both(
      (said) => (described(said) && old !== undefined ? { ...said, sdp: old.sdp, s: old.s } : said),
      { robin: ofRobin, dana: ofDana },
    );
    await vi.waitFor(() => expect(robin.call.standing.refusal).toBe("wrong-signature"));
    expect(taken(robin)).toBe(0);
  });

  it("is refused where it shows other keys than this device knows", async () => {
    const ofRobin = await withKeys(ROBIN);
    const ofDana = await withKeys(DANA);
    const before = await both(undefined, { robin: ofRobin, dana: ofDana });
    await vi.waitFor(() => expect(before.robin.call.standing.trust).toBe("signed"));
    const others = await withKeys(DANA);
    const { robin } = await both(undefined, { robin: ofRobin, dana: others });
    await vi.waitFor(() => expect(robin.call.standing.refusal).toBe("other-keys"));
    expect(taken(robin)).toBe(0);
  });

  it("is refused where it says that somebody has no keys who had them", async () => {
    const ofRobin = await withKeys(ROBIN);
    const ofDana = await withKeys(DANA);
    const before = await both(undefined, { robin: ofRobin, dana: ofDana });
    await vi.waitFor(() => expect(before.robin.call.standing.trust).toBe("signed"));
    const robinSeesDana = { account: DANA, keys: [] as WireEntry[] };
    const { robin } = await both(undefined, { robin: ofRobin, dana: ofDana, robinSeesDana });
    await vi.waitFor(() => expect(robin.call.standing.refusal).toBe("other-keys"));
  });
});

describe("two people without keys", () => {
  const bare = (account: string): Known => ({ account, keys: [] });

  it("are connected, are told that nobody vouches for it, and have words that tell", async () => {
    const { robin, dana } = await both(undefined, { robin: bare(ROBIN), dana: bare(DANA) });
    await vi.waitFor(() => expect(dana.call.standing.words).toHaveLength(12));
    expect([robin.call.standing.trust, dana.call.standing.trust]).toEqual(["bare", "bare"]);
    expect(robin.call.standing.words).toEqual(dana.call.standing.words);
  });

  it("read different words where somebody is between them", async () => {
    const { robin, dana } = await both(swapped, { robin: bare(ROBIN), dana: bare(DANA) });
    await vi.waitFor(() => expect(dana.call.standing.words).toHaveLength(12));
    expect(robin.call.standing.words).not.toEqual(dana.call.standing.words);
  });
});

describe("a device whose keys are closed", () => {
  it("connects only once the other person decided to go on and compare words", async () => {
    const ofRobin = await withKeys(ROBIN);
    const ofDana = await withKeys(DANA);
    await keyring.lock(DANA);
    const { robin } = await both(undefined, { robin: ofRobin, dana: ofDana });
    await vi.waitFor(() => expect(robin.call.standing.refusal).toBe("not-signed"));
    for (const call of calls.splice(0)) call.stop();
    const again = await both(undefined, { robin: ofRobin, dana: ofDana, bareAllowed: true });
    await vi.waitFor(() => expect(again.robin.call.standing.phase).toBe("together"));
    await vi.waitFor(() => expect(again.robin.call.standing.trust).toBe("bare"));
    await expect(keyring.seal(DANA, { item: VISIT, revision: 1, previous: [] }, new Uint8Array(1))).rejects.toThrow(VaultError);
  });
});
