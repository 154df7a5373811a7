/**
 * What this device remembers for sharing. Each row's key is a hash of what it is about: the rows name
 * nobody, so they may stay when somebody signs out, and a device does not believe new keys for that.
 */
import type { DBSchema, IDBPDatabase } from "idb";

import { toBase64Url } from "@/auth/bytes";
import { openDb } from "@/queue/openDb";

import { type Bytes, digest, uuidBytes } from "../engine/encoding";

export interface StoredPin {
  at: string;
  sequence: number;
  /** Hash of the newest entry that was seen. */
  hash: Bytes;
  /** The entry whose words two people compared; 0 where nobody did. */
  compared: number;
  /** The entry that the person at this device knows of. */
  known: number;
}

/** The highest revision of somebody else's item that was opened here. */
export interface Seen {
  at: string;
  revision: number;
}

/** A version of this person's that waits to be sent, and then to be shared on. */
export interface Due {
  user: string;
  client: string;
  item: string;
  hash: string;
  /** The standing shares that this device knew of when it was written; see `going`. */
  folders?: string[];
}

/** The standing shares of a person that this device last heard of. */
export interface Going {
  at: string;
  folders: string[];
}

interface Schema extends DBSchema {
  pins: { key: string; value: StoredPin };
  seen: { key: string; value: Seen };
  answered: { key: string; value: { at: string } };
  due: { key: [string, string, string, string]; value: Due };
  going: { key: string; value: Going };
}

export type SharingDb = IDBPDatabase<Schema>;

const own = openDb<Schema>("holdfast-vault-sharing", 2, (database, from) => {
  database.createObjectStore("going", { keyPath: "at" });
  if (from >= 1) return;
  database.createObjectStore("pins", { keyPath: "at" });
  database.createObjectStore("seen", { keyPath: "at" });
  database.createObjectStore("answered", { keyPath: "at" });
  database.createObjectStore("due", { keyPath: ["user", "client", "item", "hash"] });
});

export const sharingDb = own.open;

/** The key of a row about these accounts or items. */
export const about = async (what: string, ...ids: string[]): Promise<string> =>
  toBase64Url(await digest(`holdfast/vault/v1/device-${what}`, ...ids.map(uuidBytes)));

const goingKey = (user: string, client: string): Promise<string> => about("going", user, client);

/**
 * The standing shares that this device shows as going on. An entry goes to those that were shown when
 * it was written: what "from now on" means is then what the page to write on said, whatever any clock.
 */
export async function going(user: string, client: string): Promise<string[]> {
  const found = await (await sharingDb()).get("going", await goingKey(user, client));
  return found?.folders ?? [];
}

export async function noteGoing(user: string, client: string, folders: string[]): Promise<void> {
  await (await sharingDb()).put("going", { at: await goingKey(user, client), folders });
}
