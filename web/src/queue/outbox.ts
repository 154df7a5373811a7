/**
 * Answers on their way to the server.
 *
 * An answer is written here before anything is sent, under the id it keeps for ever; sending it twice
 * does no harm, because the server applies an id once. So the only duty left is to keep trying.
 */
import { api, clientPath } from "@/api/client";
import { ApiError, OfflineError } from "@/api/problems";
import type { ResponseBody, ResponseReceipt } from "@/api/types";

import { db, type OutboxEntry } from "./db";
import { onReachChange, isOnline } from "./online";

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/** Milliseconds until attempt number `attempts` + 1: doubling, with a spread so devices do not march. */
export function backOff(attempts: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, attempts - 1));
  return Math.round(full * (0.5 + random() / 2));
}

/** Answers that no further attempt can change: the server understood and says no. */
const FINAL = new Set([400, 404, 409, 410, 413, 422]);

/** The answer is kept by the server, unread, because it has a form that the server does not know. */
const UNREAD = "unsupported-schema";

type Post = (entry: OutboxEntry) => Promise<ResponseReceipt>;

const post: Post = (entry) =>
  api.post<ResponseReceipt>(clientPath(entry.practiceId, entry.clientId, "/responses"), entry.body);

const changed = new EventTarget();

export function onOutboxChange(listener: () => void): () => void {
  changed.addEventListener("change", listener);
  return () => changed.removeEventListener("change", listener);
}

const announce = (): boolean => changed.dispatchEvent(new Event("change"));

/**
 * Notes what became of an attempt. Another tab may have been at it meanwhile: what it delivered stays
 * delivered, and what the person has put away stays away.
 */
async function note(id: string, news: Partial<OutboxEntry>): Promise<void> {
  const transaction = (await db()).transaction("outbox", "readwrite");
  const entry = await transaction.store.get(id);
  if (entry !== undefined && entry.state !== "delivered") {
    await transaction.store.put({ ...entry, ...news });
  }
  await transaction.done;
  announce();
}

interface Enqueue {
  ownerId: string;
  practiceId: string;
  clientId: string;
  body: ResponseBody;
}

/** Keeps an answer on this device. When it resolves, the answer survives a reload or a crash. */
export async function enqueue({ ownerId, practiceId, clientId, body }: Enqueue): Promise<void> {
  const transaction = (await db()).transaction("outbox", "readwrite", { durability: "strict" });
  if ((await transaction.store.get(body.id)) === undefined) {
    await transaction.store.add({
      id: body.id,
      ownerId,
      practiceId,
      clientId,
      body,
      queuedAt: new Date().toISOString(),
      attempts: 0,
      nextAttemptAt: 0,
      state: "waiting",
      refusal: null,
      receipt: null,
    });
  }
  await transaction.done;
  announce();
}

export const entryOf = async (id: string): Promise<OutboxEntry | undefined> =>
  (await db()).get("outbox", id);

export async function undelivered(ownerId: string): Promise<OutboxEntry[]> {
  const all = await (await db()).getAll("outbox");
  return all
    .filter((entry) => entry.ownerId === ownerId && entry.state !== "delivered")
    .sort((a, b) => a.queuedAt.localeCompare(b.queuedAt));
}

/** Removes an answer the server refused, once the person has seen that it was. */
export async function dismiss(id: string): Promise<void> {
  await (await db()).delete("outbox", id);
  announce();
}

async function attempt(entry: OutboxEntry, now: number, send: Post): Promise<"go-on" | "stop"> {
  const attempts = entry.attempts + 1;
  try {
    const receipt = await send(entry);
    await note(entry.id, { attempts, state: "delivered", refusal: null, receipt });
    return "go-on";
  } catch (error) {
    if (error instanceof ApiError && error.code === UNREAD) {
      // The server is older than this client. It is offered again until it has been updated.
      const nextAttemptAt = now + LONGEST_WAIT_MS;
      await note(entry.id, { attempts, state: "unread", refusal: error.code, nextAttemptAt });
      return "go-on";
    }
    if (error instanceof ApiError && FINAL.has(error.status)) {
      await note(entry.id, { attempts, state: "refused", refusal: error.code });
      return "go-on";
    }
    if (!(error instanceof ApiError) && !(error instanceof OfflineError)) throw error;
    await note(entry.id, { attempts, nextAttemptAt: now + backOff(attempts) });
    return "stop";
  }
}

export interface FlushOptions {
  ownerId: string;
  now?: number;
  /** Try also what is still waiting out its pause (the network has just come back). */
  force?: boolean;
  send?: Post;
}

/** Sends what is due, oldest first. Returns how many answers arrived. */
export async function flush(options: FlushOptions): Promise<number> {
  const { ownerId, now = Date.now(), force = false, send = post } = options;
  let delivered = 0;
  for (const entry of await undelivered(ownerId)) {
    if (entry.state !== "waiting" && entry.state !== "unread") continue;
    if (!force && entry.nextAttemptAt > now) continue;
    const next = await attempt(entry, now, send);
    if ((await entryOf(entry.id))?.state === "delivered") delivered += 1;
    if (next === "stop") break;
  }
  return delivered;
}

interface Delivery {
  ownerId: () => string | null;
  onDelivered: () => void;
}

const TICK_MS = 2_000;

let trigger: (() => void) | null = null;

/** Asks for delivery now, for instance right after an answer was given. */
export function deliverNow(): void {
  trigger?.();
}

/** One page at a time delivers, also across tabs, where the browser has locks. */
async function alone(work: () => Promise<void>): Promise<void> {
  if (!("locks" in navigator)) return work();
  await navigator.locks.request("holdfast-outbox", { ifAvailable: true }, async (lock) => {
    if (lock !== null) await work();
  });
}

/** Delivers at start, on a steady beat, when the page comes back and when the network does. */
export function startDelivery({ ownerId, onDelivered }: Delivery): () => void {
  let running = false;
  const run = async (force: boolean): Promise<void> => {
    const owner = ownerId();
    if (owner === null || running) return;
    running = true;
    try {
      await alone(async () => {
        if ((await flush({ ownerId: owner, force })) > 0) onDelivered();
      });
    } finally {
      running = false;
    }
  };
  const now = (): void => void run(true);
  const beat = (): void => void run(false);
  const visible = (): void => {
    if (document.visibilityState === "visible") now();
  };
  trigger = now;
  const timer = setInterval(beat, TICK_MS);
  window.addEventListener("online", now);
  document.addEventListener("visibilitychange", visible);
  const stopReach = onReachChange(() => {
    if (isOnline()) now();
  });
  now();
  return () => {
    trigger = null;
    clearInterval(timer);
    window.removeEventListener("online", now);
    document.removeEventListener("visibilitychange", visible);
    stopReach();
  };
}
