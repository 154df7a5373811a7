// @vitest-environment node
import "fake-indexeddb/auto";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Schemas } from "@/api/types";

import { OfflineError } from "@/api/problems";
import { fromBase64Url, toBase64Url } from "@/auth/bytes";

import { refresh, rows, search } from "./catalogue";
import { joined } from "./content";
import { forgetVault, keepVersions, vaultDb } from "./db";
import { same, sha256 } from "./engine/encoding";
import { isWhole } from "./exchange";
import { keyring } from "./keyring";
import { keepPhoto, openPhoto, sendPhotos } from "./photos";
import {
  discard,
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
const server = vi.hoisted(() => ({
  rows: [] as Record<string, unknown>[],
  up: true,
  pageSize: 100,
  pagesLeft: Infinity,
  files: (_path: string, _body: Record<string, unknown>): unknown => undefined,
}));

const forgetful = vi.hoisted((): (() => void)[] => []);

vi.mock("./worker", () => ({
  whenLocked: (forget: () => void) => void forgetful.push(forget),
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
      get: async (_: string, { query }: { query: { after?: number; before?: number } }) => {
        if (!server.up || server.pagesLeft === 0) throw new OfflineError();
        server.pagesLeft -= 1;
        const { after = 0, before = Infinity } = query;
        const rows = (server.rows as unknown as Listed[]).filter(
          ({ position }) => position > after && position < before,
        );
        if (query.before !== undefined) rows.reverse();
        const items = rows.slice(0, server.pageSize);
        return { items, next: rows.length > items.length ? items.at(-1)?.position : null };
      },
      post: async (path: string, body: Listed & { forget_earlier: boolean }) => {
        if (!server.up) throw new OfflineError();
        if (path.includes("/files")) return server.files(path, body as never);
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
  for (const forget of forgetful) forget();
  await forgetVault();
  await (await vaultDb()).clear("versions");
  await (await vaultDb()).clear("photos");
  await keyring.unlock(USER, way.wraps[0]!, recovery, [way.keys]);
}

const texts = async (): Promise<string[][]> =>
  (await entries(place)).map((entry) => entry.heads.map((head) => head.text));

beforeEach(async () => {
  server.rows = [];
  server.up = true;
  server.pageSize = 100;
  server.pagesLeft = Infinity;
  way = await keyring.begin(USER, [recovery], 1_790_000_000);
  await keyring.confirm(USER);
});

afterEach(async () => {
  await keyring.lock(USER);
  for (const forget of forgetful) forget();
  await forgetVault();
  await (await vaultDb()).clear("versions");
});

describe("the journal", () => {
  it("keeps what is written without network, and sends it once", async () => {
    server.up = false;
    await save(place, newItem(), null, { text: "one" });
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
    await save(place, item, null, { text: "one" });
    const [entry] = await entries(place);
    await save(place, item, entry!, { text: "two" });
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
    await save(place, item, null, { text: "one" });
    const [entry] = await entries(place);
    await save(place, item, entry!, { text: "phone" });
    await save(place, item, entry!, { text: "desk" });
    const [both] = await entries(place);
    expect(both?.heads.map((head) => head.text).toSorted()).toEqual(["desk", "phone"]);
    await save(place, item, both!, { text: "phone and desk" });
    expect(await texts()).toEqual([["phone and desk"]]);
    expect((await entries(place))[0]?.heads[0]?.revision).toBe(3);
  });

  it("takes a removed entry from every device, with all that it once said", async () => {
    await save(place, newItem(), null, { text: "one" });
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
    await save(place, newItem(), null, { text: "one" });
    await send(place);
    await save(place, newItem(), null, { text: "two" });
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
    await save(place, newItem(), null, { text: "one" });
    await send(place);
    await receive(place);
    await save(place, newItem(), null, { text: "two" });
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
    await keepDraft(place, item, [], { text: "half a sentence" });
    expect((await drafts(place)).map((draft) => draft.written.text)).toEqual(["half a sentence"]);
    const [kept] = await (await vaultDb()).getAll("drafts");
    expect(new TextDecoder().decode(kept!.sealed)).not.toContain("half");
    await save(place, item, null, { text: "a whole one" });
    expect(await drafts(place)).toEqual([]);
    await keepDraft(place, item, [], { text: "again" });
    await keyring.lock(USER);
    await expect(drafts(place)).rejects.toThrow("vault-locked");
    await forgetVault();
    expect(await (await vaultDb()).getAll("drafts")).toEqual([]);
    expect(await waitingCount(place)).toBe(1);
  });

  it("keeps tags, mood, question and all words where two devices changed an entry at once", async () => {
    const item = newItem();
    await save(place, item, null, { text: "one", tags: ["home"] });
    const [before] = await entries(place);
    await save(place, item, before!, { text: "phone", tags: ["home", "Sleep"], mood: 2 });
    await save(place, item, before!, { text: "desk", tags: ["work", "sleep"], prompt: "body" });
    const [both] = await entries(place);
    const together = joined(both!.heads);
    expect(together.text.split("\n\n").toSorted()).toEqual(["desk", "phone"]);
    expect(together.tags?.map((tag) => tag.toLowerCase()).toSorted()).toEqual(["home", "sleep", "work"]);
    expect(together).toMatchObject({ mood: 2, prompt: "body" });
    await save(place, item, both!, together);
    await send(place);
    await anotherDevice();
    await receive(place);
    expect((await rows(place))[0]).toMatchObject({ mood: 2, tags: together.tags });
  });

  it("reads entries that were written before there were tags", async () => {
    const now = new Date().toISOString();
    const old = new TextEncoder().encode(JSON.stringify({ text: "old", written_at: now, begun_at: now }));
    const { hash, wire } = await keyring.seal(USER, { item: newItem(), revision: 1, previous: [] }, old);
    const kept = { hash: toBase64Url(hash), forgetEarlier: false, forgotten: false, position: 1 };
    await keepVersions([{ user: USER, client: place.client, item: wire.item, wire, refused: null, ...kept }]);
    const [found] = await entries(place);
    expect(found?.heads[0]).toMatchObject({ text: "old", tags: [], photos: [] });
  });
});

describe("a journal of many pages", () => {
  beforeEach(async () => {
    for (const word of ["one", "two", "three", "four", "five"]) {
      await save(place, newItem(), null, { text: word });
    }
    await send(place);
    await anotherDevice();
    server.pageSize = 2;
  });

  it("comes to a new device newest first, and goes on after an interruption", async () => {
    server.pagesLeft = 1;
    await expect(receive(place)).rejects.toThrow("no answer");
    expect((await texts()).flat().toSorted()).toEqual(["five", "four"]);
    expect(await isWhole(place)).toBe(false);
    server.pagesLeft = Infinity;
    await receive(place);
    expect(await isWhole(place)).toBe(true);
    expect((await texts()).flat()).toHaveLength(5);
  });

  it("does not take what is still on its way for lost", async () => {
    server.pagesLeft = 2;
    await expect(receive(place)).rejects.toThrow("no answer");
    await save(place, newItem(), null, { text: "six" });
    await send(place);
    server.pagesLeft = Infinity;
    await receive(place);
    expect(await wasRolledBack(place)).toBe(false);
    expect((await texts()).flat()).toHaveLength(6);
  });
});

describe("the index", () => {
  const shelves = async () => (await vaultDb()).getAll("shelves");
  const items = async (query: string): Promise<number> => (await search(place, query)).size;

  beforeEach(async () => {
    await save(place, newItem(), null, { text: "Der Zwetschgenkuchen war süß", tags: ["Küche"] });
    await save(place, newItem(), null, { text: "كَتَبْتُ إلى أُمّي" });
    while (await refresh(place)) continue;
  });

  it("finds words and parts of words in any script, however they are typed", async () => {
    expect(await items("zwetschgen")).toBe(1);
    expect(await items("SUSS kuche")).toBe(1);
    expect(await items("كتبت امي")).toBe(1);
    expect(await items("Zwetschgen امي")).toBe(0);
    expect(await items("")).toBe(2);
  });

  it("is sealed on the device, and goes at sign-out", async () => {
    const kept = await shelves();
    expect(kept.length).toBeGreaterThanOrEqual(2);
    const bytes = kept.map(({ sealed }) => new TextDecoder().decode(sealed)).join("");
    expect(bytes).not.toMatch(/zwetschgen|kuche|begunAt/i);
    await forgetVault();
    expect(await shelves()).toEqual([]);
  });

  it("follows a change and a removal", async () => {
    const found = (await entries(place)).find((each) => each.heads[0]?.tags.length === 1);
    await save(place, found!.item, found!, { text: "Apfelkuchen" });
    await refresh(place);
    expect([await items("zwetschgen"), await items("apfel")]).toEqual([0, 1]);
    const changed = (await entries(place)).find((each) => each.item === found!.item);
    await remove(place, changed!);
    await refresh(place);
    expect(await items("apfel")).toBe(0);
    expect(await rows(place)).toHaveLength(1);
  });

  it("is made again where it was damaged", async () => {
    for (const shelf of await shelves()) {
      const sealed = shelf.sealed.slice();
      sealed[0] = (sealed[0] ?? 0) ^ 1;
      await (await vaultDb()).put("shelves", { ...shelf, sealed });
    }
    // Another tab has nothing of it in its memory.
    await save(place, newItem(), null, { text: "third" });
    while (await refresh(place)) continue;
    expect(await items("zwetschgen")).toBe(1);
    expect(await rows(place)).toHaveLength(3);
  });

  it("brings its parts together and loses nothing", async () => {
    for (let number = 0; number < 65; number += 1) {
      await save(place, newItem(), null, { text: `entry ${number} of many` });
      await refresh(place);
    }
    expect((await shelves()).length).toBeLessThan(20);
    expect(await items("of many")).toBe(65);
    expect(await items("zwetschgen")).toBe(1);
  });
});

describe("a picture", () => {
  const picture = { content: new Uint8Array(1_300_000).fill(7), width: 4, height: 3 };
  const there: { offset: number; data: string }[] = [];
  let drop = 0;

  beforeEach(() => {
    there.length = 0;
    drop = 0;
    let size = 0;
    server.files = (path, body) => {
      if (path.endsWith("/files")) size = body["size"] as number;
      else {
        if (there.length === drop) throw new OfflineError();
        there.push(body as never);
      }
      const received = there.reduce((sum, each) => sum + fromBase64Url(each.data).length, 0);
      return { id: "", size, received, complete: received === size };
    };
  });

  it("waits here until its entry is saved, goes out in pieces, and on from where it was broken off", async () => {
    const item = newItem();
    const photo = await keepPhoto(place, item, picture);
    drop = 99;
    await sendPhotos(place);
    expect(there).toEqual([]);
    await save(place, item, null, { text: "with a picture", photos: [photo] });
    drop = 1;
    await expect(sendPhotos(place)).rejects.toThrow("no answer");
    expect(there).toHaveLength(1);
    drop = 99;
    await sendPhotos(place);
    expect(there.map((each) => each.offset)).toEqual([0, 524_288, 1_048_576]);
    const sent = new Uint8Array(await new Blob(there.map((each) => fromBase64Url(each.data))).arrayBuffer());
    expect(toBase64Url(await sha256(sent))).toBe(photo.sha256);
    await sendPhotos(place);
    expect(there).toHaveLength(3);
    const [entry] = await entries(place);
    const opened = await openPhoto(place, entry!.heads[0]!.photos[0]!);
    const content = new Uint8Array(await opened.arrayBuffer());
    expect(same(content, picture.content)).toBe(true);
  });

  it("does not open with one byte changed, nor under another name", async () => {
    const photo = await keepPhoto(place, newItem(), picture);
    await expect(openPhoto(place, { ...photo, sha256: toBase64Url(new Uint8Array(32)) })).rejects.toThrow("item-damaged");
    const other = await keepPhoto(place, newItem(), { ...picture, content: new Uint8Array(9) });
    await expect(openPhoto(place, { ...photo, file: other.file })).rejects.toThrow("item-damaged");
  });

  it("that was added to a page thrown away is gone", async () => {
    const item = newItem();
    await keepPhoto(place, item, picture);
    await discard(place, item);
    expect(await (await vaultDb()).getAll("photos")).toEqual([]);
  });
});
