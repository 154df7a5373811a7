/** What this device keeps: answers on their way, half-finished check-ins, and copies for offline. */
import type { DBSchema } from "idb";

import type { ResponseBody, ResponseReceipt } from "@/api/types";

import { openDb } from "./openDb";

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

const own = openDb<Schema>("holdfast", 1, (database) => {
  database.createObjectStore("outbox", { keyPath: "id" });
  database.createObjectStore("drafts", { keyPath: "id" });
  database.createObjectStore("held", { keyPath: "path" });
});

export const db = own.open;

/** Closes the connection; a later call opens it again. */
export const closeDb = own.close;
