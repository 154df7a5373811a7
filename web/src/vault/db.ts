/** What this device keeps of the vault: versions as they are stored, drafts sealed by this device. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

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
  refused: string | null;
}

export interface StoredDraft extends Draft {
  user: string;
  client: string;
  item: string;
  /** Hashes of the versions it is to follow. */
  follows: string[];
  savedAt: string;
}

export interface Mark {
  user: string;
  client: string;
  position: number;
  /** The server once came back with less than this device had seen. */
  rolledBack: boolean;
}

interface Schema extends DBSchema {
  versions: { key: [string, string, string, string]; value: StoredVersion };
  drafts: { key: [string, string, string]; value: StoredDraft };
  marks: { key: [string, string]; value: Mark };
}

let opened: Promise<IDBPDatabase<Schema>> | null = null;

export function vaultDb(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>("holdfast-vault", 1, {
    upgrade(database) {
      database.createObjectStore("versions", { keyPath: ["user", "client", "item", "hash"] });
      database.createObjectStore("drafts", { keyPath: ["user", "client", "item"] });
      database.createObjectStore("marks", { keyPath: ["user", "client"] });
    },
    terminated() {
      opened = null;
    },
  });
  return opened;
}

export const ofPerson = (user: string, client: string): IDBKeyRange =>
  IDBKeyRange.bound([user, client], [user, client, []]);

/**
 * On signing out: keys and drafts go, and every copy that the server has, too. What waits to be sent
 * stays, sealed: it exists nowhere else, and goes out when its owner signs in here again.
 */
export async function forgetVault(): Promise<void> {
  const keys = await openDB(KEYRING, 1, {
    upgrade: (database) => void database.createObjectStore("rings", { keyPath: "user" }),
  });
  await keys.clear("rings");
  keys.close();
  const database = await vaultDb();
  await database.clear("drafts");
  await database.clear("marks");
  for (const version of await database.getAll("versions")) {
    if (version.position === null) continue;
    await database.delete("versions", [version.user, version.client, version.item, version.hash]);
  }
}
