// @vitest-environment node
import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import vectors from "../../../../tests/vectors/vault.json";
import { fromBase64Url, toBase64Url } from "@/auth/bytes";
import wordList from "@/generated/words-en.json";

import { type Bytes, same } from "./encoding";
import { type Excerpt, excerptBytes, readExcerpt } from "./excerpts";
import {
  type Folder,
  type FolderKey,
  type FolderWrap,
  isFolderReader,
  isWrapped,
  openFolder,
  openShared,
  sealFolderKey,
  unwrapItemKey,
  wrapItemKey,
} from "./folders";
import { sealKey } from "./hpke";
import { grant, hashOf, isGranted, itemKeyOf, openWithKey, regrant, seal, type Self, SUITE, type Version } from "./items";
import { firstEntry, keysOf, newSeeds, type PrivateKeys, signersOf } from "./keys";
import { checkPin, comparisonWords } from "./pins";
import { oneTime, person, raw, versionOf } from "./testing";
import { entryIn, folderKeyIn, folderKeyOut, folderWrapIn, folderWrapOut, grantOut } from "./wire";

const { sharing } = vectors;
const folder: Folder = { id: sharing.folder.id, owner: vectors.owner.id, kind: sharing.folder.kind };

async function self(name: "owner" | "reader"): Promise<Self> {
  const [{ id }, keys] = await person(vectors[name]);
  return { id, keys: [keys] };
}

const keysFor = (id: string): FolderKey[] =>
  sharing.folder.epochs.flatMap(({ keys }) =>
    keys.filter((each) => each.reader === id).map(folderKeyIn),
  );

const caseOf = (name: string) => vectors.items.find((one) => one.name === name)!;

describe("the published vectors of sharing", () => {
  it("grant a version that exists, byte for byte", async () => {
    const shown = sharing.grant;
    const [[owner, keys], [reader, theirs]] = await Promise.all([
      person(vectors.owner),
      person(vectors.reader),
    ]);
    const version = await versionOf(caseOf(shown.of));
    const itemKey = await itemKeyOf(version, { id: owner.id, keys: [keys] }, owner.keys);
    const sealed = await sealKey(itemKey, reader.keys, raw(shown.info), await oneTime(shown.one_time_key));
    expect(toBase64Url(sealed)).toBe(shown.sealed);
    const given = { reader: reader.id, sealed, signature: raw(shown.signature) };
    const wider = { ...version, grants: [...version.grants, given] };
    const opened = await openShared({
      version: wider,
      wraps: [],
      folders: [],
      me: { id: reader.id, keys: [theirs] },
      owner: owner.keys,
    });
    expect(same(opened, await openWithKey(version, itemKey, owner.keys))).toBe(true);
    const [again] = await regrant(version, { id: owner.id, keys: [keys] }, owner.keys, [reader]);
    expect(grantOut(again!).reader).toBe(reader.id);
    const fresh = { ...version, grants: [again!] };
    const me = { id: reader.id, keys: [theirs] };
    expect(same(await itemKeyOf(fresh, me, owner.keys), itemKey)).toBe(true);
  });

  it("seal a folder's keys as Python does, and open them by epoch", async () => {
    const [owner, keys] = await person(vectors.owner);
    const [reader] = await person(vectors.reader);
    for (const { epoch, key, keys: given } of sharing.folder.epochs) {
      for (const shown of given) {
        const to = shown.reader === owner.id ? owner : reader;
        const made = await sealFolderKey(folder, epoch, raw(key), to, keys, await oneTime(shown.one_time_key));
        const { one_time_key, info, ...wire } = shown;
        expect(folderKeyOut(made)).toEqual(wire);
        expect([one_time_key.length, info.length > 0]).toEqual([43, true]);
      }
    }
    const all = sharing.folder.epochs.map(({ epoch, key }) => [epoch, key]);
    for (const [name, epochs] of [["owner", all], ["reader", all.slice(0, 1)]] as const) {
      const me = await self(name);
      const opened = await openFolder(folder, keysFor(me.id), me, owner.keys);
      expect([...opened.keys].map(([epoch, key]) => [epoch, toBase64Url(key)])).toEqual(epochs);
    }
  });

  it.each(sharing.folder.wraps.map((one) => [one.of, one] as const))(
    "wrap %s as Python does, and open it to whoever has the epoch",
    async (name, shown) => {
      const [owner, keys] = await person(vectors.owner);
      const version = { ...(await versionOf(caseOf(name))), grants: [] };
      const key = sharing.folder.epochs.find((each) => each.epoch === shown.epoch)!.key;
      const itemKey = raw(caseOf(name).item_key);
      const made = await wrapItemKey(version, itemKey, folder, shown.epoch, raw(key), keys, raw(shown.nonce));
      const { of, nonce, associated, ...wire } = shown;
      expect(folderWrapOut(made)).toEqual(wire);
      expect([of, nonce.length, associated.length > 0]).toEqual([name, 16, true]);
      for (const who of ["owner", "reader"] as const) {
        const me = await self(who);
        const opened = await openFolder(folder, keysFor(me.id), me, owner.keys);
        const found = await openShared({
          version,
          wraps: [folderWrapIn(wire)],
          folders: [opened],
          me,
          owner: owner.keys,
        }).then(toBase64Url, (error: unknown) => String(error));
        const content = toBase64Url(await openWithKey(version, itemKey, owner.keys));
        expect(found).toBe(opened.keys.has(shown.epoch) ? content : "VaultError: item-not-granted");
      }
    },
  );

  it("give excerpts the same bytes", () => {
    const { fields, content } = sharing.excerpt;
    expect(toBase64Url(excerptBytes(fields satisfies Excerpt))).toBe(content);
    expect(readExcerpt(raw(content))).toEqual(fields);
    const text = (given: string) => new TextEncoder().encode(given);
    for (const wrong of ["", "[]", "{}", "null", JSON.stringify({ ...fields, edited: 1 })]) {
      expect(() => readExcerpt(text(wrong))).toThrow("item-damaged");
    }
  });

  it("give two people the same words, and pin what was seen", async () => {
    const { words, pins, list_sha256 } = vectors.words;
    const [one, other] = pins.map((pin) => ({ ...pin, hash: raw(pin.hash) }));
    expect(await comparisonWords(one!, other!)).toEqual(words);
    expect(await comparisonWords(other!, one!)).toEqual(words);
    const text = wordList.map((word) => `${word}\n`).join("");
    expect(createHash("sha256").update(text).digest("base64url")).toBe(list_sha256);
    const entries = vectors.history.map((entry) => entryIn(entry.user, entry));
    const user = vectors.owner.id;
    const first = await checkPin(null, user, entries.slice(0, 1));
    expect(toBase64Url(first.hash)).toBe(vectors.history[0]!.hash);
    const moved = await checkPin(first, user, entries);
    expect([moved.sequence, toBase64Url(moved.hash)]).toEqual([2, vectors.history[1]!.hash]);
    const [, keys] = await person(vectors.owner);
    const another = await firstEntry(user, keys, 1);
    for (const [pin, shown] of [[moved, entries.slice(0, 1)], [first, [another]]] as const) {
      await expect(checkPin(pin, user, shown)).rejects.toThrow("keys-changed-unexpectedly");
    }
    await expect(checkPin(first, user, entries.slice(1))).rejects.toThrow("item-damaged");
    expect(signersOf(entries)).toEqual([entries[1]!.keys, entries[0]!.keys]);
  });
});

const OWNER = "00000000-0000-4000-8000-000000000001";
const READER = "00000000-0000-4000-8000-000000000002";
const OTHER = "00000000-0000-4000-8000-000000000003";

function flipped(bytes: Bytes, at: number): Bytes {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 0x41;
  return copy;
}

interface Scene {
  version: Version;
  wrap: FolderWrap;
  folder: Folder;
  key: FolderKey;
  me: Self;
}

async function scene(): Promise<Scene & { owner: PrivateKeys }> {
  const [owner, reader] = [await keysOf(newSeeds()), await keysOf(newSeeds())];
  const header = { suite: SUITE, item: OTHER, owner: OWNER, kind: "journal", schema: 1, revision: 1, previous: [] };
  const sealed = await seal({ header, content: new TextEncoder().encode("told"), owner });
  const place: Folder = { id: OTHER, owner: OWNER, kind: "journal" };
  const [folderKey, itemKey] = [
    new Uint8Array(32).fill(7),
    await itemKeyOf(sealed, { id: OWNER, keys: [owner] }, owner.public),
  ];
  return {
    owner,
    me: { id: READER, keys: [reader] },
    folder: place,
    key: await sealFolderKey(place, 1, folderKey, { id: READER, keys: reader.public }, owner),
    wrap: await wrapItemKey(sealed, itemKey, place, 1, folderKey, owner),
    version: { ...sealed, grants: [] },
  };
}

describe("a standing share", () => {
  it("says that it was changed, whichever byte of it was, and whatever was swapped", async () => {
    const { owner, ...whole } = await scene();
    const read = async (changes: Partial<Scene>): Promise<Bytes> => {
      const { version, wrap, folder: place, key, me } = { ...whole, ...changes };
      const opened = await openFolder(place, [key], me, owner.public);
      return openShared({ version, wraps: [wrap], folders: [opened], me, owner: owner.public });
    };
    expect(new TextDecoder().decode(await read({}))).toBe("told");
    const { key, wrap, folder: place } = whole;
    const changed: Partial<Scene>[] = [
      { folder: { ...place, id: READER } },
      { folder: { ...place, owner: READER } },
      { folder: { ...place, kind: "excerpt" } },
      { key: { ...key, epoch: 2 } },
      { key: { ...key, reader: OWNER } },
      { key: { ...key, sealed: new Uint8Array(0) } },
      { wrap: { ...wrap, epoch: 2 } },
      { wrap: { ...wrap, folder: READER } },
      { wrap: { ...wrap, sealed: new Uint8Array(61) } },
    ];
    for (const field of ["sealed", "signature"] as const) {
      for (let at = 0; at < key[field].length; at += 1) {
        changed.push({ key: { ...key, [field]: flipped(key[field], at) } });
      }
      for (let at = 0; at < wrap[field].length; at += 1) {
        changed.push({ wrap: { ...wrap, [field]: flipped(wrap[field], at) } });
      }
    }
    const header = { ...whole.version.header, revision: 2, previous: [await hashOf(whole.version)] };
    const later = { ...(await seal({ header, content: new Uint8Array(3), owner })), grants: [] };
    changed.push({ version: later });
    expect(changed.length).toBe(9 + 80 + 64 + 60 + 64 + 1);
    for (const one of changed) await expect(read(one)).rejects.toThrow("item-damaged");
  }, 60_000);

  it("can be checked without what it belongs to", async () => {
    const { owner, version, wrap, folder: place, key, me } = await scene();
    const [mine] = me.keys;
    const reader = { id: READER, keys: mine!.public };
    const [of, hash] = [version.header, await hashOf(version)];
    const given = await grant(version, new Uint8Array(32), reader, owner);
    const stranger = { id: READER, keys: owner.public };
    const elsewhere = new Uint8Array(32);
    const answers = await Promise.all([
      isGranted(of, hash, reader, given, owner.public),
      isFolderReader(place, key, reader, owner.public),
      isWrapped(of, hash, wrap, owner.public),
      isGranted(of, hash, stranger, given, owner.public),
      isGranted(of, elsewhere, reader, given, owner.public),
      isGranted(of, hash, { ...reader, id: OWNER }, given, owner.public),
      isFolderReader({ ...place, kind: "excerpt" }, key, reader, owner.public),
      isFolderReader(place, key, stranger, owner.public),
      isWrapped(of, elsewhere, wrap, owner.public),
      isWrapped(of, hash, { ...wrap, epoch: 2 }, owner.public),
      isWrapped(of, hash, wrap, reader.keys),
    ]);
    expect(answers).toEqual([true, true, true, ...Array.from({ length: 8 }, () => false)]);
  });

  it("opens nothing of a later epoch, nor to a stranger", async () => {
    const { owner, version, wrap, folder: place, key, me } = await scene();
    const nothing = { folder: place, keys: new Map<number, Bytes>() };
    await expect(unwrapItemKey(version, wrap, nothing, owner.public)).rejects.toThrow("item-not-granted");
    const other = { folder: place, keys: new Map([[1, new Uint8Array(32)]]) };
    await expect(unwrapItemKey(version, wrap, other, owner.public)).rejects.toThrow("item-damaged");
    const stranger: Self = { id: READER, keys: [await keysOf(newSeeds())] };
    await expect(openFolder(place, [key], stranger, owner.public)).rejects.toThrow("item-damaged");
    const changedKeys: Self = { id: READER, keys: [await keysOf(newSeeds()), ...me.keys] };
    const opened = await openFolder(place, [key], changedKeys, owner.public);
    expect(opened.keys.size).toBe(1);
    expect(fromBase64Url(toBase64Url(opened.keys.get(1)!)).length).toBe(32);
  });
});
