/**
 * What the vault's worker does: it alone holds keys, and gives out ciphertext or what was asked to be
 * opened. Kept on the device are keys that no script can read; seeds exist only while a way in is made
 * or used.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

import { type Bytes, pack, random, same, uuidBytes } from "./engine/encoding";
import { VaultError } from "./engine/errors";
import { hashOf, open, seal, SUITE } from "./engine/items";
import { firstEntry, keysOf, newSeeds, type PrivateKeys, type Seeds, verifyHistory } from "./engine/keys";
import {
  entryIn,
  entryOut,
  versionIn,
  versionOut,
  type WireEntry,
  type WireVersion,
  type WireWrap,
  wrapIn,
  wrapOut,
} from "./engine/wire";
import { type Cost, NO_COST, recoveryKey, SALT_BYTES, unwrapSeeds, type WrapKind, wrapSeeds } from "./engine/wraps";

const KIND = "journal";
const SCHEMA = 1;
const NONCE_BYTES = 12;

interface Ring {
  user: string;
  keys: PrivateKeys;
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

/** A way in as somebody uses it: the key of their password, or their recovery code. */
export type Secret =
  | { kind: "password"; key: CryptoKey; salt: Bytes; cost: Cost }
  | { kind: "recovery"; code: Bytes };

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

async function remember(user: string, seeds: Seeds): Promise<void> {
  const draftKey = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  held = { user, keys: await keysOf(seeds), draftKey };
  const database = await keyringDb();
  await database.put("rings", held);
  database.close();
}

async function newWrap(user: string, seeds: Seeds, secret: Secret, sequence: number): Promise<WireWrap> {
  const salt = secret.kind === "password" ? secret.salt : random(SALT_BYTES);
  const cost = secret.kind === "password" ? secret.cost : NO_COST;
  const key = secret.kind === "password" ? secret.key : await recoveryKey(secret.code, salt);
  return wrapOut(await wrapSeeds({ user, kind: secret.kind, sequence, cost, salt }, seeds, key));
}

async function seedsBy(user: string, wire: WireWrap, secret: Secret): Promise<Seeds> {
  const wrap = wrapIn(user, wire);
  if (wrap.kind !== secret.kind) throw new VaultError("wrap-not-opened");
  const key =
    secret.kind === "password" ? secret.key : await recoveryKey(secret.code, wrap.salt);
  return unwrapSeeds(wrap, key);
}

let begun: { user: string; seeds: Seeds } | null = null;

const draftData = (user: string, item: string): Bytes =>
  pack("holdfast/vault/v1/draft", uuidBytes(user), uuidBytes(item));

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
    begun = { user, seeds };
    const entry = await firstEntry(user, await keysOf(seeds), created);
    const wraps = await Promise.all(secrets.map((each) => newWrap(user, seeds, each, entry.sequence)));
    return { keys: entryOut(entry), wraps };
  },

  async confirm(user: string): Promise<void> {
    if (begun?.user !== user) throw new VaultError("vault-locked");
    await remember(user, begun.seeds);
    begun = null;
  },

  /** Opens the vault on this device; throws unless the keys are those of the whole history. */
  async unlock(user: string, wrap: WireWrap, secret: Secret, history: WireEntry[]): Promise<void> {
    const seeds = await seedsBy(user, wrap, secret);
    const newest = await verifyHistory(
      user,
      history.map((entry) => entryIn(user, entry)),
    );
    const mine = (await keysOf(seeds)).public;
    const fits =
      same(newest.keys.agreement, mine.agreement) && same(newest.keys.signing, mine.signing);
    if (!fits) throw new VaultError("item-damaged");
    await remember(user, seeds);
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

  /** Each version's content, or why there is none. */
  async open(user: string, versions: readonly WireVersion[]): Promise<Opened[]> {
    const { keys } = await ring(user);
    const reader = { id: user, keys: keys.public };
    return Promise.all(
      versions.map(async (wire) => {
        const version = versionIn(wire);
        const hash = await hashOf(version);
        try {
          const mine = version.header.owner === user && version.header.kind === KIND;
          if (!mine) throw new VaultError("item-damaged");
          return { hash, content: await open(version, reader, keys, keys.public) };
        } catch (error) {
          if (error instanceof VaultError) return { hash, code: error.code };
          throw error;
        }
      }),
    );
  },

  async sealDraft(user: string, item: string, content: Bytes): Promise<Draft> {
    const nonce = random(NONCE_BYTES);
    const sealed = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv: nonce, additionalData: draftData(user, item) },
      (await ring(user)).draftKey,
      content,
    );
    return { nonce, sealed: new Uint8Array(sealed) };
  },

  async openDraft(user: string, item: string, { nonce, sealed }: Draft): Promise<Bytes> {
    const { draftKey } = await ring(user);
    const opened = await crypto.subtle
      .decrypt(
        { name: "AES-GCM", iv: nonce, additionalData: draftData(user, item) },
        draftKey,
        sealed,
      )
      .catch(() => {
        throw new VaultError("item-damaged");
      });
    return new Uint8Array(opened);
  },
};

export type Keyring = typeof keyring;
export type { WrapKind };
