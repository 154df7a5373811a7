/** The server's side of threads. */
import { api, clientPath, practicePath } from "@/api/client";
import { fetchHeld } from "@/queue/held";
import { vaultWorker } from "@/vault/worker";

import type { OpenedThread } from "./desk";
import type { Kind, MessagesPageOut, Place, ThreadPerson, ThreadRow, ThreadWire } from "./types";

export const threadsPath = (practiceId: string, rest = ""): string =>
  practicePath(practiceId, `/threads${rest}`);

/** One's own threads, or those about one client; without network the last list kept here. */
export async function fetchThreads(practiceId: string, about?: string): Promise<ThreadRow[]> {
  const found = await fetchHeld<{ items: ThreadRow[] }>(threadsPath(practiceId), { about });
  return found.items;
}

/** Who may belong to a new thread of a kind about a client. */
export async function fetchPeople(
  practiceId: string,
  client: string,
  kind: Kind,
): Promise<ThreadPerson[]> {
  const path = clientPath(practiceId, client, "/thread-people");
  return (await api.get<{ items: ThreadPerson[] }>(path, { query: { kind } })).items;
}

export interface Thread {
  wire: ThreadWire;
  opened: OpenedThread;
}

/** A thread, checked and opened on this device. */
export async function openThread({ user, practiceId }: Place, thread: string): Promise<Thread> {
  const wire = await fetchHeld<ThreadWire>(threadsPath(practiceId, `/${thread}`));
  return { wire, opened: await vaultWorker.ask("openThread", user, wire) };
}

/** Opens a new thread with these people; oneself is among them. */
export async function beginThread(
  { user, practiceId }: Place,
  client: string,
  given: { id: string; kind: Kind; members: ThreadPerson[] },
): Promise<void> {
  const epoch = await vaultWorker.ask("firstEpoch", user, given.id, given.members);
  await api.post(clientPath(practiceId, client, "/threads"), {
    id: given.id,
    kind: given.kind,
    epoch,
  });
}

/** From now on these belong to an open thread. */
export async function renewEpoch(
  { user, practiceId }: Place,
  thread: string,
  members: ThreadPerson[],
): Promise<void> {
  const epoch = await vaultWorker.ask("nextEpoch", user, thread, members);
  await api.post(threadsPath(practiceId, `/${thread}/epochs`), epoch);
}

export const fetchMessages = (
  practiceId: string,
  thread: string,
  query: { after?: number; limit?: number },
): Promise<MessagesPageOut> =>
  fetchHeld<MessagesPageOut>(threadsPath(practiceId, `/${thread}/messages`), query);

export const markRead = (practiceId: string, thread: string, seq: number): Promise<unknown> =>
  api.put(threadsPath(practiceId, `/${thread}/read`), { seq });

export const retract = (practiceId: string, thread: string, message: string): Promise<unknown> =>
  api.delete(threadsPath(practiceId, `/${thread}/messages/${message}`));
