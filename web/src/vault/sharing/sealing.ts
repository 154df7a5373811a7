/**
 * What the vault's worker does for sharing. Whoever is sealed to is known by a whole history of keys
 * that goes on from what this device saw before; and what the server says is shared is believed only
 * where the owner signed it.
 */
import { v4 } from "uuid";

import { fromBase64Url, toBase64Url } from "@/auth/bytes";

import type { Bytes } from "../engine/encoding";
import { damaged, VaultError } from "../engine/errors";
import { EXCERPT_KIND, EXCERPT_SCHEMA, type Excerpt, excerptBytes } from "../engine/excerpts";
import {
  type Folder,
  isFolderReader,
  isWrapped,
  newFolderKey,
  openFolder,
  openFolderKey,
  openShared,
  sealFolderKey,
  wrapItemKey,
} from "../engine/folders";
import { hashOf, isGranted, itemKeyOf, openOwn, type Reader, regrant, seal, type Self, SUITE } from "../engine/items";
import { type PrivateKeys, type PublicKeys, signersOf } from "../engine/keys";
import { comparisonWords, type Pin } from "../engine/pins";
import {
  entryIn,
  folderKeyIn,
  folderKeyOut,
  folderWrapIn,
  folderWrapOut,
  grantIn,
  grantOut,
  versionIn,
  versionOut,
  type WireEntry,
  type WireFolderKey,
  type WireVersion,
} from "../engine/wire";
import { holder } from "../keyring";
import { about, sharingDb } from "./device";
import { SHARED_KIND } from "./kinds";
import { acceptPin, notePin, type Pinned, pinned, shownInstead } from "./pins";
import type {
  NewGrant,
  NewWrap,
  Offered,
  Reading,
  Received,
  ReceivedVersion,
  SharedFolder,
  Standing,
} from "./types";


const FIRST_EPOCH = 1;

/** Somebody by their account and the history of their keys. */
export interface Keyed {
  id: string;
  keys: WireEntry[];
}

export type Read =
  | { hash: string; content: Bytes }
  | { hash: string; code: string };

/** Where the server says that somebody reads a version. */
export interface Claim {
  item: string;
  hash: string;
  reading: Reading;
}

const historyOf = ({ id, keys }: Keyed) => keys.map((entry) => entryIn(id, entry));

const mine = ({ keys }: Self): PublicKeys[] => keys.map((each) => each.public);

function newest({ keys }: Self): PrivateKeys {
  const [first] = keys;
  if (first === undefined) throw new VaultError("vault-locked");
  return first;
}

const knownTo = (user: string, person: Keyed): Promise<Pinned> =>
  pinned(user, person.id, historyOf(person));

async function readerOf(user: string, person: Keyed): Promise<Reader> {
  return { id: person.id, keys: (await knownTo(user, person)).keys };
}

async function standingOf(user: string, own: Pinned, person: Keyed): Promise<Standing> {
  const none = { id: person.id, compared: false, changed: false, words: [] };
  if (person.keys.length === 0) return { ...none, state: "none" };
  try {
    const known = await knownTo(user, person);
    const words = await comparisonWords(own.pin, known.pin);
    const { compared, changed } = known;
    return { id: person.id, state: "ready", compared, changed, words };
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    if (error.code !== "keys-changed-unexpectedly") return { ...none, state: "broken" };
    return { ...none, ...(await unexpected(user, own.pin, person)) };
  }
}

/** The words that went with the keys this device knew, and those that go with the keys shown now. */
async function unexpected(
  user: string,
  own: Pin,
  person: Keyed,
): Promise<Pick<Standing, "state" | "words" | "offered">> {
  const { known, shown } = await shownInstead(user, person.id, historyOf(person));
  return {
    state: "unexpected",
    words: await comparisonWords(own, shown),
    offered: {
      sequence: shown.sequence,
      hash: toBase64Url(shown.hash),
      before: await comparisonWords(own, known),
    },
  };
}

/** Whether the owner signed that this reader reads this version. */
async function isTrue(me: Self, { item, hash, reading }: Claim, reader: Keyed): Promise<boolean> {
  const of = { suite: SUITE, item, owner: me.id };
  const bytes = fromBase64Url(hash);
  if (reading.folder !== null) {
    const wrap = folderWrapIn({ ...reading, folder: reading.folder, epoch: reading.epoch ?? 0 });
    return isWrapped(of, bytes, wrap, mine(me));
  }
  for (const keys of signersOf(historyOf(reader))) {
    const given = await isGranted(of, bytes, { id: reader.id, keys }, grantIn(reading), mine(me));
    if (given) return true;
  }
  return false;
}

/** A reader's device notices an item that comes back older than it was opened here. */
async function notOlder(user: string, version: ReceivedVersion): Promise<void> {
  const database = await sharingDb();
  const at = await about("seen", user, version.item);
  const seen = await database.get("seen", at);
  if (seen !== undefined && seen.revision > version.revision) throw new VaultError("item-rolled-back");
  if (seen?.revision !== version.revision) await database.put("seen", { at, revision: version.revision });
}

export const sealing = {
  /** How the keys of each stand with this device; pins those that it meets for the first time. */
  async standing(user: string, own: WireEntry[], people: Keyed[]): Promise<Standing[]> {
    const me = await knownTo(user, { id: user, keys: own });
    return Promise.all(people.map((person) => standingOf(user, me, person)));
  },

  notePin,

  /** Takes the keys that were offered, and no others, for somebody's. */
  acceptKeys: (user: string, other: string, { sequence, hash }: Offered): Promise<void> =>
    acceptPin(user, { user: other, sequence, hash: fromBase64Url(hash) }),

  /** An excerpt or a summary, sealed to its owner alone. */
  async sealExcerpt(user: string, item: string, excerpt: Excerpt): Promise<WireVersion> {
    const me = await holder(user);
    const header = {
      suite: SUITE,
      item,
      owner: user,
      kind: EXCERPT_KIND,
      schema: EXCERPT_SCHEMA,
      revision: 1,
      previous: [],
    };
    return versionOut(await seal({ header, content: excerptBytes(excerpt), owner: newest(me) }));
  },

  /** A first version of what is no entry, sealed to its author and to one other person. */
  async sealFor(
    user: string,
    what: { item: string; kind: string; schema: number },
    content: Bytes,
    person: Keyed,
  ): Promise<WireVersion> {
    const me = await holder(user);
    const header = { suite: SUITE, owner: user, ...what, revision: 1, previous: [] };
    const readers = [await readerOf(user, person)];
    return versionOut(await seal({ header, content, owner: newest(me), readers }));
  },

  /** What the owner's own versions say, of any kind. */
  async openOwn(user: string, versions: WireVersion[]): Promise<Read[]> {
    const me = await holder(user);
    return Promise.all(
      versions.map(async (wire) => {
        const version = versionIn(wire);
        const hash = toBase64Url(await hashOf(version));
        try {
          if (wire.owner !== user) throw damaged();
          return { hash, content: await openOwn(version, me, mine(me)) };
        } catch (error) {
          if (error instanceof VaultError) return { hash, code: error.code };
          throw error;
        }
      }),
    );
  },

  /** Grants of versions that are here to one reader. Each was opened first. */
  async grantTo(user: string, versions: WireVersion[], person: Keyed): Promise<NewGrant[]> {
    const me = await holder(user);
    const reader = await readerOf(user, person);
    return Promise.all(
      versions.map(async (wire) => {
        const version = versionIn(wire);
        const [given] = await regrant(version, me, mine(me), [reader]);
        if (given === undefined) throw damaged();
        const hash = toBase64Url(await hashOf(version));
        return { item: wire.item, hash, ...grantOut(given) };
      }),
    );
  },

  /** Those claims that the owner signed. */
  async trueClaims(user: string, claims: Claim[], people: Keyed[]): Promise<Claim[]> {
    const me = await holder(user);
    const byId = new Map(people.map((person) => [person.id, person]));
    const checked = await Promise.all(
      claims.map(async (claim) => {
        const reader = byId.get(claim.reading.reader);
        return reader !== undefined && (await isTrue(me, claim, reader));
      }),
    );
    return claims.filter((_, at) => checked[at]);
  },

  /** A standing share with one reader: its key, for them and for the owner. */
  async newFolder(user: string, person: Keyed): Promise<{ id: string; kind: string; keys: WireFolderKey[] }> {
    const me = await holder(user);
    const reader = await readerOf(user, person);
    const folder: Folder = { id: v4(), owner: user, kind: SHARED_KIND };
    const key = newFolderKey();
    const own = { id: user, keys: newest(me).public };
    const keys = await Promise.all(
      [own, reader].map((each) => sealFolderKey(folder, FIRST_EPOCH, key, each, newest(me))),
    );
    return { id: folder.id, kind: folder.kind, keys: keys.map(folderKeyOut) };
  },

  /** Who holds the folder's present key by the owner's signature. */
  async folderReaders(user: string, shared: SharedFolder, people: Keyed[]): Promise<string[]> {
    const me = await holder(user);
    const folder = { id: shared.id, owner: user, kind: shared.kind };
    const found: string[] = [];
    for (const key of shared.keys.filter((each) => each.epoch === shared.epoch)) {
      const reader = people.find((person) => person.id === key.reader);
      if (reader === undefined) continue;
      for (const keys of signersOf(historyOf(reader))) {
        const holds = await isFolderReader(folder, folderKeyIn(key), { id: reader.id, keys }, mine(me));
        if (holds) found.push(reader.id);
      }
    }
    return found;
  },

  /** One wrap for each version under the folder's present key. */
  async wrap(user: string, shared: SharedFolder, versions: WireVersion[]): Promise<NewWrap[]> {
    const me = await holder(user);
    const folder = { id: shared.id, owner: user, kind: shared.kind };
    const own = shared.keys.find((key) => key.reader === user && key.epoch === shared.epoch);
    if (own === undefined) throw damaged();
    const folderKey = await openFolderKey(folder, folderKeyIn(own), me, mine(me));
    return Promise.all(
      versions.map(async (wire) => {
        const version = versionIn(wire);
        const itemKey = await itemKeyOf(version, me, mine(me));
        const wrap = await wrapItemKey(version, itemKey, folder, shared.epoch, folderKey, newest(me));
        const { folder: _, ...rest } = folderWrapOut(wrap);
        return { item: wire.item, hash: toBase64Url(await hashOf(version)), ...rest };
      }),
    );
  },

  /** What somebody shared, for its reader. Throws where their keys changed unexpectedly. */
  async openShared(user: string, owner: string, received: Received): Promise<Read[]> {
    const me = await holder(user);
    const person = { id: owner, keys: received.owner_keys };
    await knownTo(user, person);
    const signers = signersOf(historyOf(person));
    const folders = await Promise.all(
      received.folders.map(({ id, kind, keys }) =>
        openFolder({ id, owner, kind }, keys.map(folderKeyIn), me, signers),
      ),
    );
    return Promise.all(
      received.items.map(async (wire) => {
        const version = versionIn(wire);
        const hash = toBase64Url(await hashOf(version));
        try {
          if (wire.owner !== owner) throw damaged();
          const wraps = wire.wraps.map(folderWrapIn);
          const content = await openShared({ version, wraps, folders, me, owner: signers });
          await notOlder(user, wire);
          return { hash, content };
        } catch (error) {
          if (error instanceof VaultError) return { hash, code: error.code };
          throw error;
        }
      }),
    );
  },
};

export type Sealing = typeof sealing;
