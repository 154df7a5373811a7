/**
 * Messages on their way. One is kept here, sealed, under the identifier it keeps for ever before
 * anything is sent; the server applies an identifier once. They go out in the order of writing, each
 * sealed to the thread only then: under its newest epoch, after the sender's last message there.
 */
import { v7 } from "uuid";

import { api } from "@/api/client";
import { ApiError, OfflineError } from "@/api/problems";
import { toBase64Url } from "@/auth/bytes";
import { isOnline, onReachChange } from "@/queue/online";
import { backOff } from "@/queue/outbox";
import { VaultError } from "@/vault/engine/errors";
import { vaultWorker } from "@/vault/worker";

import { openThread, renewEpoch, type Thread, threadsPath } from "./api";
import { type Attached, type Said, saidBytes, saidIn } from "./content";
import { messagesDb, type Waiting } from "./db";
import type { Place } from "./types";

/** Of one request; the server takes up to 1 MiB. */
const PIECE_BYTES = 512 * 1024;
/** Answers that no further attempt can change. A conflict is settled by asking anew. */
const FINAL = new Set([400, 404, 410, 413, 422]);
/** So often a message is sealed anew in one go, when others change the thread meanwhile. */
const MOST_ROUNDS = 5;
/** There is nobody left to write to. */
const ALONE = "thread-alone";

const changed = new EventTarget();

export function onWaitingChange(listener: () => void): () => void {
  changed.addEventListener("change", listener);
  return () => changed.removeEventListener("change", listener);
}

const announce = (): boolean => changed.dispatchEvent(new Event("change"));

let lastOrder = 0;
const nextOrder = (): number => (lastOrder = Math.max(Date.now(), lastOrder + 1));

/** A message that waits, as its writer sees it. */
export interface WaitingMessage {
  id: string;
  said: Said;
  refused: string | null;
}

let line: Promise<unknown> = Promise.resolve();

/**
 * Keeps a message on this device. When it resolves, it survives a reload or a crash. Of two given one
 * after the other the first is kept first: sealing takes a moment.
 */
export function enqueue(place: Place, thread: string, given: Pick<Said, "text" | "files">): Promise<string> {
  const turn = line.then(() => keep(place, thread, given));
  line = turn.catch(() => undefined);
  return turn;
}

async function keep(
  place: Place,
  thread: string,
  { text, files }: Pick<Said, "text" | "files">,
): Promise<string> {
  const id = v7();
  const queuedAt = new Date().toISOString();
  const said = { id, text, written_at: queuedAt, files };
  const sealed = await vaultWorker.ask("sealWaiting", place.user, id, saidBytes(said));
  await (await messagesDb()).put("waiting", {
    ...place,
    id,
    thread,
    sealed,
    files: files.map(({ file }) => file),
    order: nextOrder(),
    queuedAt,
    attempts: 0,
    nextAttemptAt: 0,
    refused: null,
  });
  announce();
  return id;
}

async function rowsOf(user: string): Promise<Waiting[]> {
  const all = await (await messagesDb()).getAll("waiting");
  return all.filter((each) => each.user === user).sort((a, b) => a.order - b.order);
}

/** What waits for a thread, in order, opened. */
export async function waitingFor(user: string, thread: string): Promise<WaitingMessage[]> {
  const rows = (await rowsOf(user)).filter((each) => each.thread === thread);
  return Promise.all(
    rows.map(async ({ id, sealed, refused }) => ({
      id,
      said: saidIn(await vaultWorker.ask("openWaiting", user, sealed)),
      refused,
    })),
  );
}

/** Takes a message back that has not gone out. What was sent meanwhile has to be retracted. */
export async function withdraw(id: string): Promise<void> {
  const database = await messagesDb();
  const row = await database.get("waiting", id);
  await database.delete("waiting", id);
  for (const file of row?.files ?? []) await database.delete("files", file);
  announce();
}

/** Seals a file for a message that is being written; it goes out along with that. */
export async function keepFile(
  user: string,
  thread: string,
  given: { name: string; media_type: string; content: Uint8Array<ArrayBuffer>; seconds?: number },
): Promise<Attached> {
  const { content, ...about } = given;
  const file = crypto.randomUUID();
  const sealed = await vaultWorker.ask("sealFile", file, user, content);
  const sha256 = toBase64Url(sealed.sha256);
  await (await messagesDb()).put("files", { file, user, thread, sealed: sealed.ciphertext, sha256 });
  return { file, key: toBase64Url(sealed.key), sha256, bytes: content.length, ...about };
}

export const dropFile = async (file: string): Promise<void> =>
  (await messagesDb()).delete("files", file);

async function sendFile(row: Waiting, file: string): Promise<void> {
  const found = await (await messagesDb()).get("files", file);
  if (found === undefined) return; // it has arrived
  const path = threadsPath(row.practiceId, `/${row.thread}/files`);
  const { sealed, sha256 } = found;
  const announced = { id: file, message: row.id, size: sealed.length, sha256 };
  let state = await api.post<{ received: number; complete: boolean }>(path, announced);
  while (!state.complete) {
    const data = toBase64Url(sealed.slice(state.received, state.received + PIECE_BYTES));
    state = await api.post(`${path}/${file}/pieces`, { offset: state.received, data });
  }
}

/** The newest epoch is for who belongs today; whoever left gets no key of the next. */
async function freshThread(place: Place, thread: string): Promise<Thread> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const found = await openThread(place, thread);
    const { wire } = found;
    if (wire.fresh) return found;
    const goOn = new Set(wire.go_on);
    if (goOn.size < 2) throw new ApiError(422, ALONE, "");
    try {
      await renewEpoch(place, thread, wire.people.filter(({ id }) => goOn.has(id)));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
    }
  }
  throw new OfflineError();
}

async function post(row: Waiting, look: Look | undefined): Promise<void> {
  const place = { user: row.user, practiceId: row.practiceId };
  const content = await vaultWorker.ask("openWaiting", row.user, row.sealed);
  // Beside the message and never before it: nothing waits for what comes of it.
  look?.(row.id, saidIn(content).text);
  for (const file of row.files) await sendFile(row, file);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { wire } = await freshThread(place, row.thread);
    const sealed = await vaultWorker.ask("writeMessage", row.user, row.thread, content, wire.own_last);
    try {
      await api.post(threadsPath(row.practiceId, `/${row.thread}/messages`), { id: row.id, ...sealed });
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      if (error.code === "thread-message-exists") throw new ApiError(422, error.code, "");
    }
  }
  throw new OfflineError();
}

async function attempt(row: Waiting, now: number, look?: Look): Promise<"sent" | "go-on" | "stop"> {
  const database = await messagesDb();
  try {
    await post(row, look);
    await database.delete("waiting", row.id);
    for (const file of row.files) await database.delete("files", file);
    return "sent";
  } catch (error) {
    const left = await database.get("waiting", row.id);
    if (left === undefined) return "go-on"; // withdrawn meanwhile
    if (error instanceof ApiError && FINAL.has(error.status)) {
      await database.put("waiting", { ...left, refused: error.code });
      return "go-on";
    }
    const later = error instanceof ApiError || error instanceof OfflineError || error instanceof VaultError;
    if (!later) throw error;
    const attempts = left.attempts + 1;
    await database.put("waiting", { ...left, attempts, nextAttemptAt: now + backOff(attempts) });
    return "stop";
  } finally {
    announce();
  }
}

/** Has a text looked at in passing (`looking`). Must not throw. */
type Look = (id: string, text: string) => void;

interface Flush {
  user: string;
  look?: Look | undefined;
  now?: number;
  /** Try also what is still waiting out its pause. */
  force?: boolean;
}

/** Sends what is due. A thread whose first message cannot go yet keeps those behind it waiting. */
export async function flush({ user, now = Date.now(), force = false, look }: Flush): Promise<number> {
  const stopped = new Set<string>();
  let sent = 0;
  for (const row of await rowsOf(user)) {
    if (row.refused !== null || stopped.has(row.thread)) continue;
    const due = force || row.nextAttemptAt <= now;
    const outcome = due ? await attempt(row, now, look) : "stop";
    if (outcome === "sent") sent += 1;
    if (outcome === "stop") stopped.add(row.thread);
  }
  return sent;
}

const BEAT_MS = 3_000;

/** Delivers at start, on a steady beat and when the network is back; one page at a time does. */
export function startSending(user: string, onSent: () => void, look?: Look): () => void {
  let running = false;
  const work = async (force: boolean): Promise<void> => {
    if ((await flush({ user, force, look })) > 0) onSent();
  };
  const run = async (force: boolean): Promise<void> => {
    if (running) return;
    running = true;
    try {
      if (!("locks" in navigator)) await work(force);
      else
        await navigator.locks.request("holdfast-messages", { ifAvailable: true }, async (lock) => {
          if (lock !== null) await work(force);
        });
    } finally {
      running = false;
    }
  };
  const timer = setInterval(() => void run(false), BEAT_MS);
  const stopReach = onReachChange(() => {
    if (isOnline()) void run(true);
  });
  const added = (): void => void run(false);
  const stopAdded = onWaitingChange(added);
  void run(true);
  return () => {
    clearInterval(timer);
    stopReach();
    stopAdded();
  };
}
