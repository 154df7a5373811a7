/** To and from the server: what waits goes out, what is new comes in, the newest first. */
import { api, clientPath } from "@/api/client";
import { ApiError } from "@/api/problems";
import type { Schemas } from "@/api/types";

import { refresh } from "./catalogue";
import { keepVersions, type Mark, ofItem, ofPerson, type StoredVersion, vaultDb } from "./db";
import { openAll, type Place } from "./opening";
import type { Known } from "./summary";
import { vaultWorker } from "./worker";

const itemsPath = ({ practiceId, client }: Place): string =>
  clientPath(practiceId, client, "/vault/items");

/** Answers that no further attempt can change. */
const FINAL = new Set([400, 404, 413, 422]);

export const waitingCount = async (place: Place): Promise<number> =>
  (await vaultDb()).countFromIndex("versions", "waiting", ofPerson(place.user, place.client));

/**
 * Sends what waits, each after what it follows. Returns how many versions arrived. What `which` leaves
 * out goes on waiting: entries are shared on by whoever sends them, conversations never are.
 */
export async function send(
  place: Place,
  which: (version: StoredVersion) => boolean = () => true,
): Promise<number> {
  const found = await (await vaultDb()).getAllFromIndex("versions", "waiting", ofPerson(place.user, place.client));
  const waiting = found
    .filter((version) => version.refused === null && which(version))
    .sort((a, b) => a.wire.revision - b.wire.revision);
  let sent = 0;
  for (const version of waiting) {
    // Keys may have been replaced since it was written; its name (the hash) stays.
    const wire = await vaultWorker.ask("upToDate", place.user, version.wire);
    const body = { ...wire, forget_earlier: version.forgetEarlier };
    try {
      const kept = await api.post<Schemas["KeptOut"]>(itemsPath(place), body);
      await keepVersions([{ ...version, wire, position: kept.position }]);
      if (version.forgetEarlier) await forgetEarlier(version);
      sent += 1;
    } catch (error) {
      if (!(error instanceof ApiError) || !FINAL.has(error.status)) throw error;
      await keepVersions([{ ...version, refused: error.code }]);
    }
  }
  return sent;
}

const ofSameItem = async ({ user, client, item }: StoredVersion): Promise<StoredVersion[]> =>
  (await vaultDb()).getAll("versions", ofItem(user, client, item));

/** As the server does: what something follows goes, a branch that nothing follows stays. */
async function forgetEarlier(last: StoredVersion): Promise<void> {
  const all = await ofSameItem(last);
  const followed = new Set(all.flatMap((version) => version.wire.previous));
  const earlier = all.filter(({ hash }) => followed.has(hash));
  await keepVersions(
    earlier.map((version) => ({
      ...version,
      wire: { ...version.wire, ciphertext: "", grants: [] },
      forgotten: true,
    })),
  );
}

type Listed = Schemas["VersionOut"];

/** Keeps a page that the server listed, each version under the hash that its content gives. */
async function take(place: Place, listed: readonly Listed[]): Promise<Set<string>> {
  const opened = await openAll(place, listed);
  const kept: StoredVersion[] = [];
  const copies: StoredVersion[] = [];
  const known = new Map<string, Known>();
  for (const [at, { position, superseded: _, forgotten, ...wire }] of listed.entries()) {
    const answer = opened[at];
    if (answer === undefined) continue;
    // Of a forgotten version the content that its name was made of has gone.
    const hash = forgotten ? `forgotten ${position}` : answer.hash;
    if (!forgotten) known.set(hash, answer.known);
    const { user, client } = place;
    const more = { forgetEarlier: false, forgotten, position, refused: null };
    const version = { user, client, item: wire.item, hash, wire, ...more };
    kept.push(version);
    if (forgotten) copies.push(...(await readableCopies(version)));
  }
  await keepVersions(kept, copies);
  await refresh(place, known);
  return new Set(kept.map((version) => version.hash));
}

/** What this device still has of a version that was deleted on another. */
async function readableCopies(gone: StoredVersion): Promise<StoredVersion[]> {
  return (await ofSameItem(gone)).filter(
    (version) => version.wire.signature === gone.wire.signature && version.hash !== gone.hash,
  );
}

async function page(
  place: Place,
  query: { after: number } | { before: number },
): Promise<Schemas["VersionsOut"]> {
  return api.get(itemsPath(place), { query });
}

interface Progress {
  /** Called when a page has been kept. */
  onPage?: () => void;
}

/**
 * Fetches what is new. It asks for the last version it knows once more: a server that does not show
 * that one has gone back in time, and then everything is compared and what is missing is sent again.
 * A device that has nothing yet takes the newest page first, and goes back from there.
 */
export async function receive(place: Place, { onPage }: Progress = {}): Promise<void> {
  const mark = await markOf(place);
  if (mark.position === 0) return receiveAll(place, mark, onPage);
  const { user, client, position } = mark;
  const last = await (await vaultDb()).getFromIndex("versions", "position", [user, client, position]);
  let first = await page(place, { after: position - 1 });
  const gone = first.items[0]?.signature !== last?.wire.signature;
  if (gone) first = await page(place, { after: 0 });
  // The one that was asked for once more is here already.
  else first = { ...first, items: first.items.slice(1) };
  const { there, newest } = await takeFrom(place, first, onPage);
  if (gone) await waitAgain(place, there);
  const kept = { ...mark, position: gone ? newest : Math.max(position, newest) };
  const rolledBack = mark.rolledBack || gone;
  const { olderThan: _, ...whole } = kept;
  await (await vaultDb()).put("marks", gone ? { ...whole, rolledBack } : { ...kept, rolledBack });
  if (!gone && mark.olderThan !== undefined) await goBack(place, mark.olderThan, onPage);
}

/** Takes a page and all that follow it. */
async function takeFrom(
  place: Place,
  first: Schemas["VersionsOut"],
  onPage?: () => void,
): Promise<{ there: Set<string>; newest: number }> {
  const there = new Set<string>();
  let newest = 0;
  for (let at: Schemas["VersionsOut"] | null = first; at !== null; ) {
    if (at.items.length > 0) for (const hash of await take(place, at.items)) there.add(hash);
    newest = Math.max(newest, ...at.items.map((each) => each.position));
    at = at.next === null ? null : await page(place, { after: at.next });
    if (at !== null) onPage?.();
  }
  return { there, newest };
}

async function receiveAll(place: Place, mark: Mark, onPage?: () => void): Promise<void> {
  const newest = await page(place, { before: 2 ** 31 - 1 });
  await take(place, newest.items);
  const position = newest.items[0]?.position ?? 0;
  await putMark({ ...mark, position }, newest.next);
  if (newest.next === null) return;
  onPage?.();
  await goBack(place, newest.next, onPage);
}

/** Fetches what is older, page by page; interrupted, it goes on from there the next time. */
async function goBack(place: Place, olderThan: number, onPage?: () => void): Promise<void> {
  for (let before: number | null = olderThan; before !== null; ) {
    const found: Schemas["VersionsOut"] = await page(place, { before });
    await take(place, found.items);
    before = found.next;
    await putMark(await markOf(place), before);
    onPage?.();
  }
}

async function markOf({ user, client }: Place): Promise<Mark> {
  const found = await (await vaultDb()).get("marks", [user, client]);
  return found ?? { user, client, position: 0, rolledBack: false };
}

async function putMark(mark: Mark, olderThan: number | null): Promise<void> {
  const { olderThan: _, ...rest } = mark;
  await (await vaultDb()).put("marks", olderThan === null ? rest : { ...rest, olderThan });
}

/** What a server lacks that it once had is to be sent again. */
async function waitAgain(place: Place, there: ReadonlySet<string>): Promise<void> {
  const all = await (await vaultDb()).getAll("versions", ofPerson(place.user, place.client));
  const missing = all.filter(
    ({ position, hash, forgotten }) => position !== null && !there.has(hash) && !forgotten,
  );
  await keepVersions(missing.map((version) => ({ ...version, position: null })));
}

export const wasRolledBack = async (place: Place): Promise<boolean> =>
  (await markOf(place)).rolledBack;

/** Whether every entry has come to this device, as far as it has asked. */
export const isWhole = async ({ user, client }: Place): Promise<boolean> => {
  const mark = await (await vaultDb()).get("marks", [user, client]);
  return mark !== undefined && mark.olderThan === undefined;
};
