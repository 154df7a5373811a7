/** What this device keeps: answers on their way, half-finished check-ins, and copies for offline. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

import type { ResponseBody, ResponseReceipt } from "@/api/types";

/** The form that answers are handed in, and kept here, by this client. The server takes every released one. */
export const ENTRY_SCHEMA = 1;

export interface OutboxEntry {
  id: string;
  ownerId: string;
  practiceId: string;
  clientId: string;
  body: ResponseBody;
  queuedAt: string;
  attempts: number;
  nextAttemptAt: number;
  /** `unread`: the server has it sealed, and cannot read it before its next update; kept here too. */
  state: "waiting" | "delivered" | "refused" | "unread";
  refusal: string | null;
  receipt: ResponseReceipt | null;
}

export interface Draft {
  id: string;
  ownerId: string;
  responseId: string;
  instrument: string;
  version: string;
  language: string;
  answers: Record<string, number | null>;
  position: number;
  startedAt: string;
  savedAt: string;
}

interface Held {
  path: string;
  at: string;
  data: unknown;
}

interface Schema extends DBSchema {
  outbox: { key: string; value: OutboxEntry };
  drafts: { key: string; value: Draft };
  held: { key: string; value: Held };
}

let opened: Promise<IDBPDatabase<Schema>> | null = null;

export function db(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>("holdfast", 1, {
    upgrade(database) {
      database.createObjectStore("outbox", { keyPath: "id" });
      database.createObjectStore("drafts", { keyPath: "id" });
      database.createObjectStore("held", { keyPath: "path" });
    },
    terminated() {
      opened = null;
    },
  });
  return opened;
}

/** Closes the connection; a later call opens it again. */
export async function closeDb(): Promise<void> {
  if (opened === null) return;
  (await opened).close();
  opened = null;
}
