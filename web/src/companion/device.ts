/**
 * What this device keeps of conversations beside the vault: words that have no answer yet, sealed by
 * the device, and reports on their way, which hold no text and which only the server can open.
 */
import type { DBSchema } from "idb";

import { openDb } from "@/queue/openDb";
import { VaultError } from "@/vault/engine/errors";
import type { Draft } from "@/vault/keyring";
import type { Place } from "@/vault/opening";
import { vaultWorker } from "@/vault/worker";

import { decodeTalk, encodeTalk, type Talk } from "./talk";

interface Waiting extends Draft {
  user: string;
  client: string;
  item: string;
  /** Hashes of the versions it goes on from. */
  follows: string[];
}

interface Report {
  id: string;
  user: string;
  blob: string;
  attempts: number;
  nextAttemptAt: number;
}

interface Schema extends DBSchema {
  waiting: { key: [string, string, string]; value: Waiting };
  reports: { key: string; value: Report };
}

const own = openDb<Schema>("holdfast-companion", 1, (database) => {
  database.createObjectStore("waiting", { keyPath: ["user", "client", "item"] });
  database.createObjectStore("reports", { keyPath: "id" });
});

export const deviceDb = own.open;

const nameOf = (item: string): string => `conversation ${item}`;

/** Keeps a conversation whose newest words have no answer; when it resolves, it survives a crash. */
export async function keepWaiting(
  { user, client }: Place,
  item: string,
  follows: readonly string[],
  talk: Talk,
): Promise<void> {
  const sealed = await vaultWorker.ask("sealLocal", user, nameOf(item), encodeTalk(talk));
  await (await deviceDb()).put("waiting", { user, client, item, follows: [...follows], ...sealed });
}

export async function dropWaiting({ user, client }: Place, item: string): Promise<void> {
  await (await deviceDb()).delete("waiting", [user, client, item]);
}

export interface Unanswered {
  item: string;
  follows: string[];
  talk: Talk;
}

/** What waits here; what another sign-in sealed cannot be opened any more, and goes. */
export async function waitingHere(place: Place): Promise<Unanswered[]> {
  const { user, client } = place;
  const range = IDBKeyRange.bound([user, client], [user, client, []]);
  const rows = await (await deviceDb()).getAll("waiting", range);
  const found: Unanswered[] = [];
  for (const row of rows) {
    try {
      const content = await vaultWorker.ask("openLocal", user, nameOf(row.item), row);
      found.push({ item: row.item, follows: row.follows, talk: decodeTalk(content) });
    } catch (error) {
      if (!(error instanceof VaultError) || error.code !== "item-damaged") throw error;
      await dropWaiting(place, row.item);
    }
  }
  return found;
}

// --- reports

/** Keeps a report that the live process could not hand over. The turn's id is the report's, too. */
export async function keepReport(user: string, id: string, blob: string): Promise<void> {
  await (await deviceDb()).put("reports", { id, user, blob, attempts: 0, nextAttemptAt: 0 });
}

export const reportsOf = async (user: string): Promise<Report[]> =>
  (await (await deviceDb()).getAll("reports")).filter((each) => each.user === user);

export const noteAttempt = async (report: Report): Promise<void> =>
  void (await (await deviceDb()).put("reports", report));

export const dropReport = async (id: string): Promise<void> =>
  (await deviceDb()).delete("reports", id);

/** On signing out. Reports stay: they hold no words, and somebody waits to be told. */
export async function forgetTalks(): Promise<void> {
  await (await deviceDb()).clear("waiting");
}
