/** Reads that must also work without network: the last answer is kept on the device. */
import { api, type QueryValues, withQuery } from "@/api/client";
import { OfflineError } from "@/api/problems";

import { db } from "./db";

/** Asks the server; without an answer, gives the last copy kept here, or throws OfflineError. */
export async function fetchHeld<T>(path: string, query?: QueryValues): Promise<T> {
  const key = withQuery(path, query);
  try {
    const data = await api.get<T>(key);
    await hold(key, data);
    return data;
  } catch (error) {
    if (!(error instanceof OfflineError)) throw error;
    const kept = await held<T>(key);
    if (kept === undefined) throw error;
    return kept;
  }
}

export async function hold(path: string, data: unknown): Promise<void> {
  await (await db()).put("held", { path, at: new Date().toISOString(), data });
}

export async function held<T>(path: string): Promise<T | undefined> {
  return (await (await db()).get("held", path))?.data as T | undefined;
}

/** When a copy was made, by this device's clock (milliseconds); null without one. */
export async function heldSince(path: string): Promise<number | null> {
  const kept = await (await db()).get("held", path);
  return kept === undefined ? null : Date.parse(kept.at);
}

/**
 * Removes copies and drafts from this device. Answers not yet delivered stay: they are the one thing
 * that exists nowhere else, and go out when their owner signs in here again.
 */
export async function forgetEverything(): Promise<void> {
  const database = await db();
  await database.clear("held");
  await database.clear("drafts");
  for (const entry of await database.getAll("outbox")) {
    if (entry.state === "delivered") await database.delete("outbox", entry.id);
  }
}
