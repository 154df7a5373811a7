/** What this device keeps of threads: messages that wait to go out, files of theirs, and drafts. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

import type { WireVersion } from "@/vault/engine/wire";
import type { Draft } from "@/vault/keyring";

export interface Waiting {
  id: string;
  user: string;
  practiceId: string;
  thread: string;
  /** Sealed to its author: it is opened only to be sealed to the thread. */
  sealed: WireVersion;
  files: string[];
  /** Counts up on this device: messages go out in the order of writing. */
  order: number;
  queuedAt: string;
  attempts: number;
  nextAttemptAt: number;
  refused: string | null;
}

/** A file whose key stands in a draft or in a message that waits. */
export interface WaitingFile {
  file: string;
  user: string;
  thread: string;
  sealed: Uint8Array<ArrayBuffer>;
  sha256: string;
}

interface StoredDraft extends Draft {
  user: string;
  thread: string;
}

interface Schema extends DBSchema {
  waiting: { key: string; value: Waiting };
  files: { key: string; value: WaitingFile };
  drafts: { key: [string, string]; value: StoredDraft };
}

let opened: Promise<IDBPDatabase<Schema>> | null = null;

export function messagesDb(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>("holdfast-messages", 1, {
    upgrade(database) {
      database.createObjectStore("waiting", { keyPath: "id" });
      database.createObjectStore("files", { keyPath: "file" });
      database.createObjectStore("drafts", { keyPath: ["user", "thread"] });
    },
    blocking(_current, _wanted, event) {
      (event.target as IDBDatabase).close();
      opened = null;
    },
    terminated() {
      opened = null;
    },
  });
  return opened;
}

/** On signing out: drafts go; what waits stays, sealed to its author, with its files. */
export async function forgetMessages(): Promise<void> {
  const database = await messagesDb();
  await database.clear("drafts");
  const needed = new Set((await database.getAll("waiting")).flatMap(({ files }) => files));
  for (const file of await database.getAllKeys("files")) {
    if (!needed.has(file)) await database.delete("files", file);
  }
}
