/**
 * What the vault's worker does: it alone holds keys, and gives out ciphertext or what was asked to be
 * opened. Kept on the device are keys that no script can read; seeds exist only while a way in is made
 * or used.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

import { toBase64Url } from "@/auth/bytes";

import { type Bytes, pack, random, uuidBytes } from "./engine/encoding";
import { VaultError } from "./engine/errors";
import { openFile, sealFile } from "./engine/files";
import { hashOf, openOwn, seal, type Self, signAnew, SUITE } from "./engine/items";
import { firstEntry, keysOf, newSeeds, type PrivateKeys } from "./engine/keys";
import {
  entryOut,
  versionIn,
  versionOut,
  type WireEntry,
  type WireVersion,
  type WireWrap,
} from "./engine/wire";
import { changeKeys, type Keys, keysBy, type NewKeys, newWrap, type Secret, seedsBy } from "./waysIn";

const KIND = "journal";
const SCHEMA = 2;
const NONCE_BYTES = 12;

interface Ring {
  user: string;
  keys: PrivateKeys;
  /** Those that were replaced, newest first. Rings from before there was such a thing have none. */
  earlier?: PrivateKeys[];
  /** The entry of the history that `keys` are of. */
  sequence?: number;
  draftKey: CryptoKey;
}

interface Schema extends DBSchema {
  rings: { key: string; value: Ring };
}

export const KEYRING = "holdfast-vault-keys";

export const keyringDb = (): Promise<IDBPDatabase<Schema>> =>
  openDB<Schema>(KEYRING, 1, {
    upgrade: (database) => void database.createObjectStore("rings", { keyPath: "user" }),
  });

export interface Draft {
  nonce: Bytes;
  sealed: Bytes;
}

export interface Sealed {
  hash: Bytes;
  wire: WireVersion;
}

export type Opened = { hash: Bytes; content: Bytes } | { hash: Bytes; code: string };

export interface Next {
  item: string;
  revision: number;
  previous: Bytes[];
}

let held: Ring | null = null;

async function ring(user: string): Promise<Ring> {
  if (held?.user === user) return held;
  const database = await keyringDb();
  const found = await database.get("rings", user);
  database.close();
  if (found === undefined) throw new VaultError("vault-locked");
  held = found;
  return found;
}

/** What this device sealed for itself stays readable: its own key outlives a change of the others. */
async function remember(user: string, { keys: [keys, ...earlier], sequence }: Keys): Promise<void> {
  if (keys === undefined) throw new VaultError("vault-locked");
  const before = await ring(user).catch((error: unknown) => {
    if (error instanceof VaultError) return null;
    throw error;
  });
  held = { user, keys, earlier, sequence, draftKey: before?.draftKey ?? (await newDraftKey()) };
  const database = await keyringDb();
  await database.put("rings", held);
  database.close();
}

const newDraftKey = (): Promise<CryptoKey> =>
  crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);

/** All keys of whoever has the ring, newest first. */
export const selfOf = ({ user, keys, earlier = [] }: Ring): Self => ({
  id: user,
  keys: [keys, ...earlier],
});

/** Whoever holds the vault that is open here; sharing seals and opens with these keys. */
export const holder = async (user: string): Promise<Self> => selfOf(await ring(user));

let begun: { user: string; next: Keys } | null = null;

const draftData = (user: string, item: string): Bytes =>
  pack("holdfast/vault/v1/draft", uuidBytes(user), uuidBytes(item));

const localData = (user: string, name: string): Bytes =>
  pack("holdfast/vault/v1/local", uuidBytes(user), name);

/** Sealed with the key of this device, which no other has and which goes at sign-out. */
async function sealHere(user: string, additionalData: Bytes, content: Bytes): Promise<Draft> {
  const nonce = random(NONCE_BYTES);
  const { draftKey } = await ring(user);
  const how = { name: "AES-GCM", iv: nonce, additionalData };
  return { nonce, sealed: new Uint8Array(await crypto.subtle.encrypt(how, draftKey, content)) };
}

async function openHere(user: string, additionalData: Bytes, draft: Draft): Promise<Bytes> {
  const { draftKey } = await ring(user);
  const how = { name: "AES-GCM", iv: draft.nonce, additionalData };
  const opened = await crypto.subtle.decrypt(how, draftKey, draft.sealed).catch(() => {
    throw new VaultError("item-damaged");
  });
  return new Uint8Array(opened);
}

export const keyring = {
  async isOpen(user: string): Promise<boolean> {
    try {
      await ring(user);
      return true;
    } catch (error) {
      if (error instanceof VaultError) return false;
      throw error;
    }
  },

  /** New keys and a way in for each secret; `confirm` keeps them once the server has them. */
  async begin(
    user: string,
    secrets: Secret[],
    created: number,
  ): Promise<{ keys: WireEntry; wraps: WireWrap[] }> {
    const seeds = newSeeds();
    const keys = await keysOf(seeds);
    const entry = await firstEntry(user, keys, created);
    begun = { user, next: { keys: [keys], sequence: entry.sequence } };
    const wraps = await Promise.all(secrets.map((each) => newWrap(user, seeds, each, entry.sequence)));
    return { keys: entryOut(entry), wraps };
  },

  async confirm(user: string): Promise<void> {
    if (begun?.user !== user) throw new VaultError("vault-locked");
    await remember(user, begun.next);
    begun = null;
  },

  /** Opens the vault on this device; throws unless the keys are those of the whole history. */
  async unlock(user: string, wrap: WireWrap, secret: Secret, history: WireEntry[]): Promise<void> {
    await remember(user, await keysBy(user, wrap, secret, history));
  },

  /** Which entry of the history the keys on this device are of. */
  async sequence(user: string): Promise<number> {
    return (await ring(user)).sequence ?? 1;
  },

  /** New keys in the place of the present ones; `confirm` keeps them once the server has them. */
  async change(
    user: string,
    wrap: WireWrap,
    from: Secret,
    to: Secret[],
    history: WireEntry[],
    created: number,
  ): Promise<NewKeys> {
    const { made, next } = await changeKeys(user, wrap, from, to, history, created);
    begun = { user, next };
    return made;
  },

  /** A version of one's own, signed and granted anew where a replaced key had signed it. */
  async upToDate(user: string, wire: WireVersion): Promise<WireVersion> {
    const me = selfOf(await ring(user));
    const signers = me.keys.map((keys) => keys.public);
    if (signers.length === 1) return wire;
    return versionOut(await signAnew(versionIn(wire), me, signers));
  },

  /** The same keys under another password or code. */
  async rewrap(user: string, wrap: WireWrap, from: Secret, to: Secret): Promise<WireWrap> {
    return newWrap(user, await seedsBy(user, wrap, from), to, wrap.sequence);
  },

  async lock(user: string): Promise<void> {
    held = null;
    begun = null;
    const database = await keyringDb();
    await database.delete("rings", user);
    database.close();
  },

  async seal(user: string, next: Next, content: Bytes): Promise<Sealed> {
    const { keys } = await ring(user);
    const header = { suite: SUITE, owner: user, kind: KIND, schema: SCHEMA, ...next };
    const version = await seal({ header, content, owner: keys });
    return { hash: await hashOf(version), wire: versionOut(version) };
  },

  /** What is no journal entry, sealed to its author alone; `name` is its hash as text. */
  async sealAs(
    user: string,
    what: { kind: string; schema: number },
    next: Next,
    content: Bytes,
  ): Promise<Sealed & { name: string }> {
    const { keys } = await ring(user);
    const version = await seal({
      header: { suite: SUITE, owner: user, ...what, ...next },
      content,
      owner: keys,
    });
    const hash = await hashOf(version);
    return { hash, name: toBase64Url(hash), wire: versionOut(version) };
  },

  /** Each version's content, or why there is none. */
  async open(user: string, versions: readonly WireVersion[]): Promise<Opened[]> {
    const me = selfOf(await ring(user));
    const signers = me.keys.map((keys) => keys.public);
    return Promise.all(
      versions.map(async (wire) => {
        const version = versionIn(wire);
        const hash = await hashOf(version);
        try {
          const mine = version.header.owner === user && version.header.kind === KIND;
          if (!mine) throw new VaultError("item-damaged");
          return { hash, content: await openOwn(version, me, signers) };
        } catch (error) {
          if (error instanceof VaultError) return { hash, code: error.code };
          throw error;
        }
      }),
    );
  },

  sealDraft: (user: string, item: string, content: Bytes): Promise<Draft> =>
    sealHere(user, draftData(user, item), content),

  openDraft: (user: string, item: string, draft: Draft): Promise<Bytes> =>
    openHere(user, draftData(user, item), draft),

  /** What this device keeps for itself alone, such as the index, under a name. */
  sealLocal: (user: string, name: string, content: Bytes): Promise<Draft> =>
    sealHere(user, localData(user, name), content),

  openLocal: (user: string, name: string, draft: Draft): Promise<Bytes> =>
    openHere(user, localData(user, name), draft),

  sealFile,

  openFile,
};

export type Keyring = typeof keyring;
