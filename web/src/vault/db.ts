/** What this device keeps of the vault: versions as they are stored, and what it sealed for itself. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { v4 } from "uuid";

import { openDb } from "@/queue/openDb";

import type { WireVersion } from "./engine/wire";
import { type Draft, KEYRING } from "./keyring";

export interface StoredVersion {
  user: string;
  client: string;
  item: string;
  /** base64url; what following versions name this one by. */
  hash: string;
  wire: WireVersion;
  forgetEarlier: boolean;
  forgotten: boolean;
  /** Where the server has it; null while it waits here. */
  position: number | null;
  /** Of a version written here: the standing shares that were shown then. */
  folders?: string[];
  refused: string | null;
}

export interface StoredDraft extends Draft {
  user: string;
  client: string;
  item: string;
  /** Hashes of the versions it is to follow. */
  follows: string[];
  savedAt: string;
  /** Of its content; drafts that have none are the bare text. */
  schema?: 2;
}

export interface Mark {
  user: string;
  client: string;
  position: number;
  /** The server once came back with less than this device had seen. */
  rolledBack: boolean;
  /** What is older than this position has still to be fetched; absent when all is here. */
  olderThan?: number;
}

/** An entry that changed since the list of entries was made. */
export interface Stale {
  user: string;
  client: string;
  item: string;
  token: string;
}

/** A part of the index, sealed by this device. */
export interface Shelf extends Draft {
  user: string;
  client: string;
  name: string;
}

export interface StoredPhoto {
  user: string;
  client: string;
  file: string;
  item: string;
  sealed: Uint8Array<ArrayBuffer>;
  sha256: string;
  /** 1 from when its entry is saved until the server has all of it. */
  waiting?: 1;
  sent?: true;
  refused: string | null;
}

/** A number while the version waits, in the order of writing: an index leaves out rows without. */
type IndexedVersion = StoredVersion & { waiting?: number };

interface Schema extends DBSchema {
  versions: {
    key: [string, string, string, string];
    value: IndexedVersion;
    indexes: { position: [string, string, number]; waiting: [string, string, number] };
  };
  drafts: { key: [string, string, string]; value: StoredDraft };
  marks: { key: [string, string]; value: Mark };
  stale: { key: [string, string, string]; value: Stale };
  shelves: { key: [string, string, string]; value: Shelf };
  photos: {
    key: [string, string, string];
    value: StoredPhoto;
    indexes: { waiting: [string, string, number] };
  };
}

export type VaultDb = IDBPDatabase<Schema>;

const own = openDb<Schema>("holdfast-vault", 2, async (database, from, _to, transaction) => {
  if (from < 1) {
    database.createObjectStore("versions", { keyPath: ["user", "client", "item", "hash"] });
    database.createObjectStore("drafts", { keyPath: ["user", "client", "item"] });
    database.createObjectStore("marks", { keyPath: ["user", "client"] });
  }
  const versions = transaction.objectStore("versions");
  versions.createIndex("position", ["user", "client", "position"]);
  versions.createIndex("waiting", ["user", "client", "waiting"]);
  database.createObjectStore("stale", { keyPath: ["user", "client", "item"] });
  database.createObjectStore("shelves", { keyPath: ["user", "client", "name"] });
  const photos = database.createObjectStore("photos", { keyPath: ["user", "client", "file"] });
  photos.createIndex("waiting", ["user", "client", "waiting"]);
  for (let at = await versions.openCursor(); at !== null; at = await at.continue()) {
    if (at.value.position === null) await at.update({ ...at.value, waiting: nextInLine() });
  }
});

export const vaultDb = own.open;

export const ofPerson = (user: string, client: string): IDBKeyRange =>
  IDBKeyRange.bound([user, client], [user, client, []]);

export const ofItem = (user: string, client: string, item: string): IDBKeyRange =>
  IDBKeyRange.bound([user, client, item], [user, client, item, []]);

const keyOf = (version: StoredVersion): [string, string, string, string] => [
  version.user,
  version.client,
  version.item,
  version.hash,
];

let last = 0;
const nextInLine = (): number => (last = Math.max(Date.now(), last + 1));

/** Keeps versions and takes others away; in the same step notes which entries have to be looked at. */
export async function keepVersions(
  kept: readonly StoredVersion[],
  gone: readonly StoredVersion[] = [],
): Promise<void> {
  const database = await vaultDb();
  const transaction = database.transaction(["versions", "stale"], "readwrite");
  const versions = transaction.objectStore("versions");
  const stale = transaction.objectStore("stale");
  const work: Promise<unknown>[] = [];
  for (const version of kept) {
    const { waiting = nextInLine(), ...rest } = version as IndexedVersion;
    work.push(versions.put(rest.position === null ? { ...rest, waiting } : rest));
  }
  for (const version of gone) work.push(versions.delete(keyOf(version)));
  const items = new Map([...kept, ...gone].map((version) => [version.item, version]));
  for (const { user, client, item } of items.values()) {
    work.push(stale.put({ user, client, item, token: v4() }));
  }
  await Promise.all([...work, transaction.done]);
}

/**
 * On signing out: keys, drafts and the index go, and every copy that the server has, too. What waits
 * to be sent stays, sealed: it exists nowhere else, and goes out when its owner signs in here again.
 */
export async function forgetVault(): Promise<void> {
  const keys = await openDB(KEYRING, 1, {
    upgrade: (database) => void database.createObjectStore("rings", { keyPath: "user" }),
  });
  await keys.clear("rings");
  keys.close();
  const database = await vaultDb();
  for (const store of ["drafts", "marks", "stale", "shelves"] as const) await database.clear(store);
  for (const version of await database.getAll("versions")) {
    if (version.position !== null) await database.delete("versions", keyOf(version));
  }
  for (const photo of await database.getAll("photos")) {
    if (photo.waiting === undefined) {
      await database.delete("photos", [photo.user, photo.client, photo.file]);
    }
  }
}
