// @vitest-environment node
import "fake-indexeddb/auto";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Schemas } from "@/api/types";

import { forgetVault, vaultDb } from "./db";
import { keyring } from "./keyring";
import {
  drafts,
  entries,
  keepDraft,
  newItem,
  type Place,
  receive,
  remove,
  save,
  send,
  waitingCount,
  wasRolledBack,
} from "./journal";

type Listed = Schemas["VersionOut"];

/** What the server keeps, and the two calls of its that the journal makes. */
const server = vi.hoisted(() => ({ rows: [] as Record<string, unknown>[], up: true }));

vi.mock("./worker", () => ({
  vaultWorker: {
    ask: (name: string, ...given: unknown[]) =>
      (keyring as unknown as Record<string, (...all: unknown[]) => unknown>)[name]?.(...given),
  },
}));

vi.mock("@/api/client", async () => {
  const { OfflineError } = await import("@/api/problems");
  return {
    clientPath: (_: string, __: string, rest: string) => rest,
    api: {
      get: async (_: string, { query }: { query: { after: number } }) => {
        if (!server.up) throw new OfflineError();
        const rows = server.rows as unknown as Listed[];
        return { items: rows.filter((row) => row.position > query.after), next: null };
      },
      post: async (_: string, body: Listed & { forget_earlier: boolean }) => {
        if (!server.up) throw new OfflineError();
        const { forget_earlier, ...wire } = body;
        const row = { ...wire, position: server.rows.length + 1, superseded: false, forgotten: false };
        const earlier = server.rows.filter((each) => each["item"] === wire.item);
        if (forget_earlier) {
          for (const each of earlier) Object.assign(each, { ciphertext: "", grants: [], forgotten: true });
        }
        server.rows.push(row);
        return { position: row.position, conflict: false };
      },
    },
  };
});

const USER = "00000000-0000-4000-8000-000000000001";
const place: Place = {
  user: USER,
  practiceId: "00000000-0000-4000-8000-000000000002",
  client: "00000000-0000-4000-8000-000000000003",
};

const recovery = { kind: "recovery", code: new Uint8Array(20) } as const;
let way: Awaited<ReturnType<typeof keyring.begin>>;

/** The same person at another device: everything of this one is gone but what the server has. */
async function anotherDevice(): Promise<void> {
  await keyring.lock(USER);
  await forgetVault();
  await (await vaultDb()).clear("versions");
  await keyring.unlock(USER, way.wraps[0]!, recovery, [way.keys]);
}

const texts = async (): Promise<string[][]> =>
  (await entries(place)).map((entry) => entry.heads.map((head) => head.text));

beforeEach(async () => {
  server.rows = [];
  server.up = true;
  way = await keyring.begin(USER, [recovery], 1_790_000_000);
  await keyring.confirm(USER);
});

afterEach(async () => {
  await keyring.lock(USER);
  await forgetVault();
  await (await vaultDb()).clear("versions");
});

describe("the journal", () => {
  it("keeps what is written without network, and sends it once", async () => {
    server.up = false;
    await save(place, newItem(), null, "one");
    await expect(send(place)).rejects.toThrow("no answer");
    expect(await texts()).toEqual([["one"]]);
    expect(await waitingCount(place)).toBe(1);
    server.up = true;
    expect(await send(place)).toBe(1);
    expect(await send(place)).toBe(0);
    await receive(place);
    expect(await waitingCount(place)).toBe(0);
    expect(JSON.stringify(server.rows)).not.toMatch(/"text"|begun_at/);
  });

  it("shows on another device what was sent, with its history", async () => {
    const item = newItem();
    await save(place, item, null, "one");
    const [entry] = await entries(place);
    await save(place, item, entry!, "two");
    await send(place);
    await anotherDevice();
    expect(await texts()).toEqual([]);
    await receive(place);
    const [found] = await entries(place);
    expect(found?.heads.map((head) => head.text)).toEqual(["two"]);
    expect(found?.earlier.map((version) => version.text)).toEqual(["one"]);
    expect(found?.begunAt).toBe(entry?.begunAt);
  });

  it("keeps both versions of an entry that two devices changed, until they are put together", async () => {
    const item = newItem();
    await save(place, item, null, "one");
    const [entry] = await entries(place);
    await save(place, item, entry!, "phone");
    await save(place, item, entry!, "desk");
    const [both] = await entries(place);
    expect(both?.heads.map((head) => head.text).toSorted()).toEqual(["desk", "phone"]);
    await save(place, item, both!, "phone and desk");
    expect(await texts()).toEqual([["phone and desk"]]);
    expect((await entries(place))[0]?.heads[0]?.revision).toBe(3);
  });

  it("takes a removed entry from every device, with all that it once said", async () => {
    await save(place, newItem(), null, "one");
    await send(place);
    await receive(place);
    const [entry] = await entries(place);
    await remove(place, entry!);
    await send(place);
    await receive(place);
    expect(await texts()).toEqual([]);
    expect(server.rows[0]).toMatchObject({ ciphertext: "", grants: [], forgotten: true });
    await anotherDevice();
    await receive(place);
    expect(await texts()).toEqual([]);
  });

  it("says what was changed on the server, and shows the rest", async () => {
    await save(place, newItem(), null, "one");
    await send(place);
    await save(place, newItem(), null, "two");
    await send(place);
    const [row] = server.rows;
    const ciphertext = String(row!["ciphertext"]);
    row!["ciphertext"] = (ciphertext.startsWith("A") ? "B" : "A") + ciphertext.slice(1);
    await anotherDevice();
    await receive(place);
    const heads = (await entries(place)).flatMap((entry) => entry.heads);
    expect(heads.map((head) => head.code ?? head.text).toSorted()).toEqual(["item-damaged", "two"]);
  });

  it("notices a server that went back in time, and gives it back what it lacks", async () => {
    await save(place, newItem(), null, "one");
    await send(place);
    await receive(place);
    await save(place, newItem(), null, "two");
    await send(place);
    await receive(place);
    expect(await wasRolledBack(place)).toBe(false);
    server.rows = server.rows.slice(0, 1);
    await receive(place);
    expect(await wasRolledBack(place)).toBe(true);
    expect(await waitingCount(place)).toBe(1);
    await send(place);
    await receive(place);
    expect(server.rows).toHaveLength(2);
    expect((await texts()).flat().toSorted()).toEqual(["one", "two"]);
  });

  it("seals its drafts with a key of the device, which goes at sign-out", async () => {
    const item = newItem();
    await keepDraft(place, item, [], "half a sentence");
    expect((await drafts(place)).map((draft) => draft.text)).toEqual(["half a sentence"]);
    const [kept] = await (await vaultDb()).getAll("drafts");
    expect(new TextDecoder().decode(kept!.sealed)).not.toContain("half");
    await save(place, item, null, "a whole one");
    expect(await drafts(place)).toEqual([]);
    await keepDraft(place, item, [], "again");
    await keyring.lock(USER);
    await expect(drafts(place)).rejects.toThrow("vault-locked");
    await forgetVault();
    expect(await (await vaultDb()).getAll("drafts")).toEqual([]);
    expect(await waitingCount(place)).toBe(1);
  });
});
