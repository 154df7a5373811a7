/** Journal entries: written here first, sent when there is network, never lost and never merged blindly. */
import { v4 } from "uuid";

import { fromBase64Url, toBase64Url } from "@/auth/bytes";

import { refresh, rows } from "./catalogue";
import {
  type Content,
  decodeContent,
  encodeContent,
  type Photo,
  trimmed,
  type Written,
} from "./content";
import { keepVersions, ofItem, ofPerson, type StoredVersion, vaultDb } from "./db";
import { compareBytes } from "./engine/items";
import { contentsOf, type Place } from "./opening";
import { dropPhotos, releasePhotos } from "./photos";
import { going } from "./sharing/device";
import { headsOf, KIND } from "./summary";
import { vaultWorker } from "./worker";

export { receive, send, waitingCount, wasRolledBack } from "./exchange";
export type { Place } from "./opening";

export interface EntryVersion extends Written {
  hash: string;
  revision: number;
  writtenAt: string;
  text: string;
  tags: string[];
  photos: Photo[];
  imported?: string;
  /** Why it could not be opened. */
  code: string | null;
  sent: boolean;
}

export interface Entry {
  item: string;
  begunAt: string;
  /** More than one where two devices changed the same version. */
  heads: EntryVersion[];
  earlier: EntryVersion[];
}

export interface Unfinished {
  item: string;
  follows: string[];
  written: Written;
  savedAt: string;
}

const versionsOf = async (place: Place, item: string): Promise<StoredVersion[]> =>
  (await vaultDb()).getAll("versions", ofItem(place.user, place.client, item));

/** One entry with all its versions; null where it is deleted or not here. */
export async function entry(place: Place, item: string): Promise<Entry | null> {
  const versions = (await versionsOf(place, item)).filter(
    ({ forgotten, wire }) => !forgotten && wire.kind === KIND,
  );
  const contents = await contentsOf(place, versions);
  const current = new Set(headsOf(versions).map((version) => version.hash));
  const found: Entry = { item, begunAt: "", heads: [], earlier: [] };
  for (const { hash, wire, position } of versions) {
    const content = contents.get(hash);
    if (content === undefined) continue;
    const stands = { hash, revision: wire.revision, sent: position !== null };
    const isHead = current.has(hash);
    if ("code" in content) {
      const nothing = { writtenAt: "", text: "", tags: [], photos: [], code: content.code };
      (isHead ? found.heads : found.earlier).push({ ...stands, ...nothing });
      continue;
    }
    found.begunAt = content.begun_at;
    if (isHead && content.deleted === true) continue;
    (isHead ? found.heads : found.earlier).push({ ...stands, ...readable(content) });
  }
  if (found.heads.length === 0) return null;
  found.heads.sort((a, b) => a.writtenAt.localeCompare(b.writtenAt));
  found.earlier.sort((a, b) => b.revision - a.revision);
  return found;
}

const readable = (content: Content): Omit<EntryVersion, "hash" | "revision" | "sent"> => ({
  text: content.text,
  tags: content.tags ?? [],
  photos: content.photos ?? [],
  ...(content.mood === undefined ? {} : { mood: content.mood }),
  ...(content.prompt === undefined ? {} : { prompt: content.prompt }),
  ...(content.imported === undefined ? {} : { imported: content.imported }),
  writtenAt: content.written_at,
  code: null,
});

/** Every entry that is not deleted, newest first, each with all its versions: for an export. */
export async function entries(place: Place): Promise<Entry[]> {
  while (await refresh(place)) continue;
  const found: Entry[] = [];
  for (const { item } of await rows(place)) {
    const each = await entry(place, item);
    if (each !== null) found.push(each);
  }
  return found;
}

/** Keeps a new version on this device; when it resolves, it survives a crash. */
async function write(
  place: Place,
  item: string,
  follows: readonly EntryVersion[],
  content: Content,
): Promise<void> {
  const revision = 1 + Math.max(0, ...follows.map((version) => version.revision));
  const previous = follows.map((version) => fromBase64Url(version.hash)).sort(compareBytes);
  const { hash, wire } = await vaultWorker.ask(
    "seal",
    place.user,
    { item, revision, previous },
    encodeContent(content),
  );
  const version: StoredVersion = {
    user: place.user,
    client: place.client,
    item,
    hash: toBase64Url(hash),
    wire,
    forgetEarlier: content.deleted === true,
    forgotten: false,
    position: null,
    refused: null,
    folders: await going(place.user, place.client),
  };
  await keepVersions([version]);
}

export const newItem = (): string => v4();

/** Saves what was written, as a new entry or as the version that follows those of `before`. */
export async function save(
  place: Place,
  item: string,
  before: Entry | null,
  written: Written,
): Promise<void> {
  const now = new Date().toISOString();
  const imported = before?.heads.find((head) => head.imported !== undefined)?.imported;
  await write(place, item, before?.heads ?? [], {
    ...trimmed(written),
    written_at: now,
    begun_at: before === null || before.begunAt === "" ? now : before.begunAt,
    ...(imported === undefined ? {} : { imported }),
  });
  await releasePhotos(place, written.photos ?? []);
  await dropPhotos(place, item, false);
  await dropDraft(place, item);
}

/** Keeps an entry that was written elsewhere, on the day it was written. */
export async function adopt(
  place: Place,
  written: Written,
  begunAt: string,
  imported: string,
): Promise<void> {
  const content = { ...trimmed(written), written_at: begunAt, begun_at: begunAt, imported };
  await write(place, newItem(), [], content);
}

/** A last version that says so; the server empties all earlier ones with it. */
export async function remove(place: Place, given: Entry): Promise<void> {
  const now = new Date().toISOString();
  const content = { text: "", written_at: now, begun_at: given.begunAt, deleted: true };
  await write(place, given.item, given.heads, content);
  await dropPhotos(place, given.item, true);
  await dropDraft(place, given.item);
}

// --- drafts

export async function keepDraft(
  place: Place,
  item: string,
  follows: string[],
  written: Written,
): Promise<void> {
  const now = new Date().toISOString();
  const content = encodeContent({ ...written, begun_at: now, written_at: now });
  const sealed = await vaultWorker.ask("sealDraft", place.user, item, content);
  await (await vaultDb()).put("drafts", {
    user: place.user,
    client: place.client,
    item,
    follows,
    savedAt: now,
    schema: 2,
    ...sealed,
  });
}

export async function dropDraft(place: Place, item: string): Promise<void> {
  await (await vaultDb()).delete("drafts", [place.user, place.client, item]);
}

/** Throws away what was begun, with the pictures that were added to it. */
export async function discard(place: Place, item: string): Promise<void> {
  await dropPhotos(place, item, false);
  await dropDraft(place, item);
}

export async function drafts(place: Place): Promise<Unfinished[]> {
  const found = await (await vaultDb()).getAll("drafts", ofPerson(place.user, place.client));
  return Promise.all(
    found.map(async (row) => {
      const content = await vaultWorker.ask("openDraft", place.user, row.item, row);
      const written =
        row.schema === 2
          ? trimmed(decodeContent(content))
          : { text: new TextDecoder().decode(content) };
      return { item: row.item, follows: row.follows, written, savedAt: row.savedAt };
    }),
  );
}
