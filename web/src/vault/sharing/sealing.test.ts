// @vitest-environment node
import "fake-indexeddb/auto";

import { beforeEach, describe, expect, it } from "vitest";

import { toBase64Url } from "@/auth/bytes";

import { hashOf, seal, SUITE } from "../engine/items";
import { firstEntry, keysOf, newSeeds, type PrivateKeys } from "../engine/keys";
import { entryOut, type WireEntry, versionIn, versionOut, type WireVersion } from "../engine/wire";
import { keyring } from "../keyring";
import { sharingDb } from "./device";
import { sealing } from "./sealing";
import type { Received, ReceivedVersion } from "./types";

const OWNER = "00000000-0000-4000-8000-000000000001";
const READER = "00000000-0000-4000-8000-000000000002";
const ITEM = "00000000-0000-4000-8000-000000000009";
const CODE = { kind: "recovery", code: new Uint8Array(20) } as const;
const EXCERPT = {
  text: "It helped.",
  of: ITEM,
  of_hash: "x",
  edited: false,
  begun_at: "2026-11-23T08:00:00Z",
  written_at: "2026-11-23T08:00:00Z",
};
const NOW = 1_790_000_000;

interface Someone {
  id: string;
  keys: WireEntry[];
}

/** Somebody whose vault is open in this worker. */
async function atDevice(user: string): Promise<Someone> {
  const made = await keyring.begin(user, [CODE], NOW);
  await keyring.confirm(user);
  return { id: user, keys: [made.keys] };
}

/** Somebody else, of whom only the history is here. */
async function elsewhere(id: string): Promise<Someone & { private: PrivateKeys }> {
  const keys = await keysOf(newSeeds());
  return { id, keys: [entryOut(await firstEntry(id, keys, NOW))], private: keys };
}

const received = (owner: Someone, wire: WireVersion, more: Partial<Received> = {}): Received => {
  const item: ReceivedVersion = {
    ...wire,
    position: 1,
    superseded: false,
    forgotten: false,
    received_at: EXCERPT.begun_at,
    given_at: EXCERPT.begun_at,
    wraps: [],
  };
  return {
    owner: owner.id,
    items: [item],
    folders: [],
    owner_keys: owner.keys,
    stopped_at: null,
    next: null,
    ...more,
  };
};

const said = (content: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(content));

beforeEach(async () => {
  const database = await sharingDb();
  for (const store of ["pins", "seen", "answered", "due"] as const) await database.clear(store);
});

describe("sharing, in the worker", () => {
  it("gives an excerpt to one reader, who opens it", async () => {
    const [owner, reader] = [await atDevice(OWNER), await atDevice(READER)];
    const wire = await sealing.sealExcerpt(OWNER, ITEM, EXCERPT);
    const [grant] = await sealing.grantTo(OWNER, [wire], reader);
    expect(grant).toMatchObject({ item: ITEM, reader: READER });
    const given = { ...wire, grants: [grant!] };
    const [read] = await sealing.openShared(READER, OWNER, received(owner, given));
    expect(read).toMatchObject({ hash: grant!.hash });
    expect(said((read as { content: Uint8Array }).content)).toEqual(EXCERPT);
    const [stopped] = await sealing.openShared(READER, OWNER, received(owner, { ...wire, grants: [] }));
    expect(stopped).toMatchObject({ code: "item-not-granted" });
  });

  it("shows the words before and now where keys do not go on, and takes those that were accepted", async () => {
    const owner = await atDevice(OWNER);
    const [before, now] = [await elsewhere(READER), await elsewhere(READER)];
    const [known] = await sealing.standing(OWNER, owner.keys, [before]);
    const [other] = await sealing.standing(OWNER, owner.keys, [now]);
    expect(known).toMatchObject({ state: "ready" });
    expect(other).toMatchObject({ state: "unexpected", offered: { before: known!.words, sequence: 1 } });
    expect(other!.words).not.toEqual(known!.words);
    const wire = await sealing.sealExcerpt(OWNER, ITEM, EXCERPT);
    await expect(sealing.grantTo(OWNER, [wire], now)).rejects.toMatchObject({
      code: "keys-changed-unexpectedly",
    });
    await sealing.acceptKeys(OWNER, READER, other!.offered!);
    const [after] = await sealing.standing(OWNER, owner.keys, [now]);
    expect(after).toMatchObject({ state: "ready", words: other!.words, compared: true, changed: false });
    expect(await sealing.grantTo(OWNER, [wire], now)).toHaveLength(1);
    // And nothing but those: the keys before are the unexpected ones from here on.
    const [back] = await sealing.standing(OWNER, owner.keys, [before]);
    expect(back).toMatchObject({ state: "unexpected" });
  });

  it("offers nothing to accept where a history does not fit together", async () => {
    const owner = await atDevice(OWNER);
    const reader = await elsewhere(READER);
    const broken = { ...reader, keys: reader.keys.map((each) => ({ ...each, created: each.created + 1 })) };
    const [standing] = await sealing.standing(OWNER, owner.keys, [broken]);
    expect(standing).toEqual({ id: READER, state: "broken", compared: false, changed: false, words: [] });
  });

  it("wraps what is new for a standing share, and the key of one share opens no other", async () => {
    const [owner, reader] = [await atDevice(OWNER), await atDevice(READER)];
    const folder = async () => ({
      ...(await sealing.newFolder(OWNER, reader)),
      epoch: 1,
      renew: false,
      begun_at: "",
      stopped_at: null,
      items: 0,
      readers: [],
    });
    const [mine, after] = [await folder(), await folder()];
    const { wire } = await keyring.seal(OWNER, { item: ITEM, revision: 1, previous: [] }, new Uint8Array(9));
    const [wrap] = await sealing.wrap(OWNER, mine, [wire]);
    const [later] = await sealing.wrap(OWNER, after, [wire]);
    expect(await sealing.folderReaders(OWNER, mine, [reader])).toEqual([READER]);
    const page = (inFolder: typeof mine, wrapped: typeof wrap): Received => {
      const keys = mine.keys.filter((key) => key.reader === READER);
      const base = received(owner, { ...wire, grants: [] });
      const wraps = [{ ...wrapped!, folder: inFolder.id }];
      return {
        ...base,
        items: [{ ...base.items[0]!, wraps }],
        folders: [{ id: inFolder.id, kind: mine.kind, keys }],
      };
    };
    const [read] = await sealing.openShared(READER, OWNER, page(mine, wrap));
    expect(read).toHaveProperty("content", new Uint8Array(9));
    // A reader who kept the key of a share that was stopped gets nowhere with what came after.
    const old = sealing.openShared(READER, OWNER, page({ ...after, keys: mine.keys }, later));
    await expect(old).rejects.toThrow("item-damaged");
    const [swapped] = await sealing.openShared(READER, OWNER, page(mine, later));
    expect(swapped).toMatchObject({ code: "item-damaged" });
  });

  it("believes of what the server says is shared only what the owner signed", async () => {
    await atDevice(OWNER);
    const [reader, stranger] = [await elsewhere(READER), await elsewhere(ITEM)];
    const wire = await sealing.sealExcerpt(OWNER, ITEM, EXCERPT);
    const [grant] = await sealing.grantTo(OWNER, [wire], reader);
    const reading = {
      ...grant!,
      folder: null,
      epoch: null,
      given_at: "",
      opened_at: null,
    };
    const claim = { item: ITEM, hash: grant!.hash, reading };
    const people = [reader, stranger];
    const asked = [
      claim,
      { ...claim, item: READER },
      { ...claim, hash: toBase64Url(new Uint8Array(32)) },
      { ...claim, reading: { ...reading, reader: stranger.id } },
      { ...claim, reading: { ...reading, folder: READER, epoch: 1 } },
    ];
    expect(await sealing.trueClaims(OWNER, asked, people)).toEqual([claim]);
  });

  it("shows both people the same words, and refuses keys that do not go on from the pinned ones", async () => {
    const owner = await atDevice(OWNER);
    const reader = await atDevice(READER);
    const [mine] = await sealing.standing(OWNER, owner.keys, [reader]);
    const [theirs] = await sealing.standing(READER, reader.keys, [owner]);
    expect(mine).toMatchObject({ state: "ready", compared: false, changed: false });
    expect(mine!.words).toHaveLength(12);
    expect(mine!.words).toEqual(theirs!.words);
    await sealing.notePin(OWNER, READER, "compared");
    const nobody = { id: ITEM, keys: [] };
    const [again, none] = await sealing.standing(OWNER, owner.keys, [reader, nobody]);
    expect(again).toMatchObject({ state: "ready", compared: true });
    expect(none).toMatchObject({ state: "none", words: [] });
    const impostor = { ...(await elsewhere(READER)) };
    const [swapped] = await sealing.standing(OWNER, owner.keys, [impostor]);
    expect(swapped).toMatchObject({ state: "unexpected" });
    const wire = await sealing.sealExcerpt(OWNER, ITEM, EXCERPT);
    await expect(sealing.grantTo(OWNER, [wire], impostor)).rejects.toThrow("keys-changed-unexpectedly");
    await expect(sealing.newFolder(OWNER, impostor)).rejects.toThrow("keys-changed-unexpectedly");
  });

  it("lets a reader notice an item that came back older than it was", async () => {
    const owner = await elsewhere(OWNER);
    const reader = await atDevice(READER);
    const to = { id: READER, keys: versionKeys(reader) };
    const header = { suite: SUITE, item: ITEM, owner: OWNER, kind: "journal", schema: 2 };
    const first = await seal({
      header: { ...header, revision: 1, previous: [] },
      content: new Uint8Array(1),
      owner: owner.private,
      readers: [to],
    });
    const second = await seal({
      header: { ...header, revision: 2, previous: [await hashOf(first)] },
      content: new Uint8Array(2),
      owner: owner.private,
      readers: [to],
    });
    const open = async (version: typeof first) =>
      (await sealing.openShared(READER, OWNER, received(owner, versionOut(version))))[0];
    expect(await open(first)).toHaveProperty("content");
    expect(await open(second)).toHaveProperty("content");
    expect(await open(first)).toMatchObject({ code: "item-rolled-back" });
    const changed = versionOut(second);
    const ciphertext = (changed.ciphertext.startsWith("A") ? "B" : "A") + changed.ciphertext.slice(1);
    expect(await open(versionIn({ ...changed, ciphertext }))).toMatchObject({ code: "item-damaged" });
  });
});

const versionKeys = ({ keys }: Someone) => {
  const [entry] = keys;
  const bytes = (text: string) => Uint8Array.from(Buffer.from(text, "base64url"));
  return { agreement: bytes(entry!.agreement), signing: bytes(entry!.signing) };
};
