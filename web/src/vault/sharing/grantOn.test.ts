// @vitest-environment node
import "fake-indexeddb/auto";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { toBase64Url } from "@/auth/bytes";

import { keepVersions, vaultDb } from "../db";
import { firstEntry, keysOf, newSeeds } from "../engine/keys";
import { entryOut } from "../engine/wire";
import { entry, newItem, save } from "../journal";
import { keyring } from "../keyring";
import type { Place } from "../opening";
import { shareEntry } from "./actions";
import { noteGoing, sharingDb } from "./device";
import { sendShared } from "./grantOn";
import { sealing } from "./sealing";
import type { NewGrant, NewWrap, Person, SharedFolder, SharedItem } from "./types";

const server = vi.hoisted(() => ({
  people: [] as Person[],
  folders: [] as SharedFolder[],
  items: [] as SharedItem[],
  grants: [] as NewGrant[],
  wraps: [] as NewWrap[],
}));

vi.mock("../worker", () => ({
  whenLocked: () => undefined,
  vaultWorker: {
    ask: (name: string, ...given: unknown[]) =>
      ({ ...keyring, ...sealing } as unknown as Record<string, (...all: unknown[]) => unknown>)[name]?.(
        ...given,
      ),
  },
}));

vi.mock("@/api/client", () => ({
  clientPath: (_: string, __: string, rest: string) => rest,
  api: {
    get: async (path: string) =>
      path === "/vault/sharing"
        ? { people: server.people, folders: server.folders }
        : { items: server.items, next: null },
    post: async (path: string, body: { grants?: NewGrant[]; wraps?: NewWrap[] }) => {
      server.grants.push(...(body.grants ?? []));
      server.wraps.push(...(path.endsWith("/wraps") ? (body.wraps ?? []) : []));
    },
  },
}));

const USER = "00000000-0000-4000-8000-000000000001";
const DANA = "00000000-0000-4000-8000-000000000002";
const place: Place = { user: USER, practiceId: "p", client: "00000000-0000-4000-8000-00000000000c" };
let dana: Person;
let position = 0;

/** The journal's own sending, as far as this device notices. */
async function send(): Promise<number> {
  const rows = await (await vaultDb()).getAll("versions");
  const waiting = rows.filter((row) => row.position === null);
  await keepVersions(waiting.map((row) => ({ ...row, position: (position += 1) })));
  return waiting.length;
}

/** A standing share by a server whose clock says anything. */
async function standing(): Promise<SharedFolder> {
  const made = await sealing.newFolder(USER, dana);
  const at = "2099-01-01T00:00:00Z";
  const readers = [{ reader: DANA, since: at }];
  return { ...made, epoch: 1, renew: false, begun_at: at, stopped_at: null, items: 0, readers };
}

async function show(folder: SharedFolder): Promise<void> {
  server.folders = [folder];
  await noteGoing(USER, place.client, [folder.id]);
}

const dues = async () => (await sharingDb()).getAll("due");

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  Object.assign(server, { people: [], folders: [], items: [], grants: [], wraps: [] });
  await (await vaultDb()).clear("versions");
  const database = await sharingDb();
  for (const store of ["pins", "due", "going"] as const) await database.clear(store);
  await keyring.begin(USER, [{ kind: "recovery", code: new Uint8Array(20) }], 1_790_000_000);
  await keyring.confirm(USER);
  const history = [entryOut(await firstEntry(DANA, await keysOf(newSeeds()), 1_790_000_000))];
  dana = {
    id: DANA,
    name: "Dana",
    role: "clinician",
    purpose: "treatment",
    may_read: true,
    starts_on: null,
    ends_on: null,
    keys: history,
    items: 0,
  };
  server.people = [dana];
});

afterEach(() => vi.useRealTimers());

describe("what is sent", () => {
  it("goes on to whom all new entries go, and only what was written since, by no clock", async () => {
    vi.setSystemTime("2026-11-23T10:00:00Z");
    await save(place, newItem(), null, { text: "before, and still waiting to be sent" });
    await show(await standing());
    vi.setSystemTime("1999-12-31T00:00:00Z");
    const item = newItem();
    await save(place, item, null, { text: "after, by a clock that went back" });
    await sendShared(place, send);
    expect(server.wraps.map((wrap) => wrap.item)).toEqual([item]);
    expect(server.grants).toEqual([]);
    expect(await dues()).toEqual([]);
  });

  it("waits while its reader has left and nothing is decided", async () => {
    await show(await standing());
    server.people = [{ ...dana, may_read: false }];
    await save(place, newItem(), null, { text: "in between" });
    await sendShared(place, send);
    expect(server.wraps).toEqual([]);
    expect(await dues()).toHaveLength(1);
  });

  it("stays here where it was written before this device heard of a share begun elsewhere", async () => {
    await save(place, newItem(), null, { text: "the page said: read by nobody" });
    server.folders = [await standing()];
    await sendShared(place, send);
    expect(server.wraps).toEqual([]);
    expect(await dues()).toEqual([]);
  });

  it("waits for a reader whose keys are not those that were known, until they are accepted", async () => {
    const item = newItem();
    await save(place, item, null, { text: "one" });
    await sendShared(place, send);
    await shareEntry(place, item, dana);
    const [grant] = server.grants.splice(0);
    const reading = { ...grant!, folder: null, epoch: null, given_at: "", opened_at: null };
    const shared = { item, kind: "journal", revision: 1, hash: grant!.hash, position };
    server.items = [{ ...shared, readers: [reading] }];
    server.people = [{ ...dana, items: 1 }];
    // The practice went back to a copy from before this device saw Dana's second keys.
    const database = await sharingDb();
    const pin = (await database.getAll("pins"))[0]!;
    await database.put("pins", { ...pin, sequence: 2, hash: new Uint8Array(32) });
    await save(place, item, await entry(place, item), { text: "two" });
    await sendShared(place, send);
    expect(server.grants).toEqual([]);
    expect(await dues()).toHaveLength(1);
    const offered = { sequence: 1, hash: toBase64Url(pin.hash), before: [] };
    await sealing.acceptKeys(USER, DANA, offered);
    await sendShared(place, send);
    expect(server.grants.map((each) => each.reader)).toEqual([DANA]);
    expect(await dues()).toEqual([]);
  });

  it("goes on to whom the owner gave the version before, and to nobody the server names", async () => {
    const item = newItem();
    await save(place, item, null, { text: "one" });
    await sendShared(place, send);
    await shareEntry(place, item, dana);
    const [grant] = server.grants.splice(0);
    const reading = { ...grant!, folder: null, epoch: null, given_at: "", opened_at: null };
    const shared = { item, kind: "journal", revision: 1, hash: grant!.hash, position };
    server.people = [{ ...dana, items: 1 }];
    for (const [claim, expected] of [
      [{ ...reading, signature: reading.signature.replace(/^../, "AA") }, []],
      [reading, [DANA]],
    ] as const) {
      server.items = [{ ...shared, readers: [claim] }];
      await save(place, item, await entry(place, item), { text: "two" });
      await sendShared(place, send);
      expect(server.grants.splice(0).map((each) => each.reader)).toEqual(expected);
    }
  });
});
