/**
 * What this device keeps of the plan outside the vault, sealed under a key that no script can read:
 * the plan of somebody who has no private writing (`plan`), a copy that opens without unlocking, where
 * the person chose that (`copy`), what is being written (`draft`), and when it was used (`use`).
 */
import type { DBSchema } from "idb";

import { openDb } from "@/queue/openDb";
import { pack, random, uuidBytes } from "@/vault/engine/encoding";

export type Name = "plan" | "copy" | "draft" | "use";

interface Kept {
  user: string;
  client: string;
  name: Name;
  nonce: Uint8Array<ArrayBuffer>;
  sealed: Uint8Array<ArrayBuffer>;
}

interface Schema extends DBSchema {
  keys: { key: string; value: { user: string; key: CryptoKey } };
  kept: { key: [string, string, string]; value: Kept };
}

export interface Whose {
  user: string;
  client: string;
}

const NONCE_BYTES = 12;

const own = openDb<Schema>("holdfast-plan", 1, (database) => {
  database.createObjectStore("keys", { keyPath: "user" });
  database.createObjectStore("kept", { keyPath: ["user", "client", "name"] });
});

const planDb = own.open;

async function keyOf(user: string): Promise<CryptoKey> {
  const database = await planDb();
  const there = await database.get("keys", user);
  if (there !== undefined) return there.key;
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  // Of two tabs that begin at once the first one's key stands.
  const transaction = database.transaction("keys", "readwrite");
  const first = await transaction.store.get(user);
  if (first === undefined) await transaction.store.put({ user, key });
  await transaction.done;
  return first?.key ?? key;
}

const how = ({ user, client }: Whose, name: Name, nonce: Uint8Array<ArrayBuffer>): AesGcmParams => ({
  name: "AES-GCM",
  iv: nonce,
  additionalData: pack("holdfast/v1/plan-here", uuidBytes(user), uuidBytes(client), name),
});

export async function keepHere(whose: Whose, name: Name, value: unknown): Promise<void> {
  const nonce = random(NONCE_BYTES);
  const content = new TextEncoder().encode(JSON.stringify(value));
  const key = await keyOf(whose.user);
  const sealed = new Uint8Array(
    await crypto.subtle.encrypt(how(whose, name, nonce), key, content),
  );
  await (await planDb()).put("kept", { user: whose.user, client: whose.client, name, nonce, sealed });
}

/** Null where nothing is kept, or where what is kept does not open. */
export async function readHere<T>(whose: Whose, name: Name): Promise<T | null> {
  const kept = await (await planDb()).get("kept", [whose.user, whose.client, name]);
  if (kept === undefined) return null;
  try {
    const key = await keyOf(whose.user);
    const content = await crypto.subtle.decrypt(how(whose, name, kept.nonce), key, kept.sealed);
    return JSON.parse(new TextDecoder().decode(content)) as T;
  } catch (error) {
    if (error instanceof DOMException || error instanceof SyntaxError) return null;
    throw error;
  }
}

export async function dropHere({ user, client }: Whose, name: Name): Promise<void> {
  await (await planDb()).delete("kept", [user, client, name]);
}

/**
 * On signing out: copies, drafts and what is known of use go. A plan that is in no vault stays, sealed:
 * it exists nowhere else, and is there when its owner signs in here again; not that of an account that
 * is `gone`.
 */
export async function forgetPlans(gone?: string): Promise<void> {
  const database = await planDb();
  const stay = new Set<string>();
  for (const { user, client, name } of await database.getAll("kept")) {
    if (name === "plan" && user !== gone) stay.add(user);
    else await database.delete("kept", [user, client, name]);
  }
  for (const user of await database.getAllKeys("keys")) {
    if (!stay.has(user)) await database.delete("keys", user);
  }
}
