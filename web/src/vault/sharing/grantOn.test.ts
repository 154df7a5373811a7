// @vitest-environment node
import "fake-indexeddb/auto";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { keepVersions, vaultDb } from "../db";
import { firstEntry, keysOf, newSeeds } from "../engine/keys";
import { entryOut } from "../engine/wire";
import { entry, newItem, save } from "../journal";
import { keyring } from "../keyring";
import type { Place } from "../opening";
import { shareEntry } from "./actions";
import { sharingDb } from "./device";
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
const place: Place = { user: USER, practiceId: "p", client: "c" };
let dana: Person;
let position = 0;

/** The journal's own sending, as far as this device notices. */
async function send(): Promise<number> {
  const rows = await (await vaultDb()).getAll("versions");
  const waiting = rows.filter((row) => row.position === null);
  await keepVersions(waiting.map((row) => ({ ...row, position: (position += 1) })));
  return waiting.length;
}

async function standing(begunAt: string): Promise<SharedFolder> {
  const made = await sealing.newFolder(USER, dana);
  const readers = [{ reader: DANA, since: begunAt }];
  return { ...made, epoch: 1, renew: false, begun_at: begunAt, stopped_at: null, items: 0, readers };
}

const dues = async () => (await sharingDb()).getAll("due");

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  Object.assign(server, { people: [], folders: [], items: [], grants: [], wraps: [] });
  await (await vaultDb()).clear("versions");
  const database = await sharingDb();
  for (const store of ["pins", "due"] as const) await database.clear(store);
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
  it("goes on to whom all new entries go, and only what was begun since", async () => {
    vi.setSystemTime("2026-11-23T09:59:59Z");
    await save(place, newItem(), null, { text: "before" });
    server.folders = [await standing("2026-11-23T10:00:00Z")];
    vi.setSystemTime("2026-11-23T10:00:01Z");
    const item = newItem();
    await save(place, item, null, { text: "after" });
    await sendShared(place, send);
    expect(server.wraps.map((wrap) => wrap.item)).toEqual([item]);
    expect(server.grants).toEqual([]);
    expect(await dues()).toEqual([]);
  });

  it("waits while its reader has left and nothing is decided", async () => {
    vi.setSystemTime("2026-11-23T10:00:01Z");
    server.folders = [await standing("2026-11-23T10:00:00Z")];
    server.people = [{ ...dana, may_read: false }];
    await save(place, newItem(), null, { text: "in between" });
    await sendShared(place, send);
    expect(server.wraps).toEqual([]);
    expect(await dues()).toHaveLength(1);
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
