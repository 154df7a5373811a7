/** Journal entries: written here first, sent when there is network, never lost and never merged blindly. */
import { v4 } from "uuid";

import { api, clientPath } from "@/api/client";
import { ApiError } from "@/api/problems";
import type { Schemas } from "@/api/types";
import { fromBase64Url, toBase64Url } from "@/auth/bytes";

import { ofPerson, type StoredVersion, vaultDb } from "./db";
import { compareBytes } from "./engine/items";
import type { Opened } from "./keyring";
import { vaultWorker } from "./worker";

export interface Place {
  user: string;
  practiceId: string;
  client: string;
}

interface Content {
  text: string;
  written_at: string;
  begun_at: string;
  deleted?: boolean;
}

export interface EntryVersion {
  hash: string;
  revision: number;
  writtenAt: string;
  text: string;
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
  text: string;
  savedAt: string;
}

const utf8 = new TextEncoder();

const itemsPath = ({ practiceId, client }: Place): string =>
  clientPath(practiceId, client, "/vault/items");

async function stored(place: Place): Promise<StoredVersion[]> {
  return (await vaultDb()).getAll("versions", ofPerson(place.user, place.client));
}

function contentOf(opened: Opened): Content | { code: string } {
  if ("code" in opened) return { code: opened.code };
  return JSON.parse(new TextDecoder().decode(opened.content)) as Content;
}

/** Every entry that is not deleted, newest first, each with all its versions. */
export async function entries(place: Place): Promise<Entry[]> {
  const versions = (await stored(place)).filter((version) => !version.forgotten);
  const opened = await vaultWorker.ask(
    "open",
    place.user,
    versions.map((version) => version.wire),
  );
  const followed = new Set(versions.flatMap((version) => version.wire.previous));
  const found = new Map<string, Entry & { deleted: boolean }>();
  for (const [index, version] of versions.entries()) {
    const answer = opened[index];
    if (answer === undefined) continue;
    const content = contentOf(answer);
    const entry = found.get(version.item) ?? {
      item: version.item,
      begunAt: "",
      heads: [],
      earlier: [],
      deleted: false,
    };
    found.set(version.item, entry);
    const failed = "code" in content;
    const isHead = !followed.has(version.hash);
    if (!failed) {
      entry.begunAt = content.begun_at;
      if (isHead && content.deleted === true) {
        entry.deleted = true;
        continue;
      }
    }
    (isHead ? entry.heads : entry.earlier).push({
      hash: version.hash,
      revision: version.wire.revision,
      writtenAt: failed ? "" : content.written_at,
      text: failed ? "" : content.text,
      code: failed ? content.code : null,
      sent: version.position !== null,
    });
  }
  const shown = [...found.values()].filter((entry) => entry.heads.length > 0);
  for (const entry of shown) {
    entry.heads.sort((a, b) => a.writtenAt.localeCompare(b.writtenAt));
    entry.earlier.sort((a, b) => b.revision - a.revision);
  }
  return shown.toSorted((a, b) => b.begunAt.localeCompare(a.begunAt));
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
    utf8.encode(JSON.stringify(content)),
  );
  await (await vaultDb()).put("versions", {
    user: place.user,
    client: place.client,
    item,
    hash: toBase64Url(hash),
    wire,
    forgetEarlier: content.deleted === true,
    forgotten: false,
    position: null,
    refused: null,
  });
}

export const newItem = (): string => v4();

/** Saves what was written, as a new entry or as the version that follows `heads`. */
export async function save(place: Place, item: string, entry: Entry | null, text: string): Promise<void> {
  const now = new Date().toISOString();
  await write(place, item, entry?.heads ?? [], {
    text,
    written_at: now,
    begun_at: entry?.begunAt === undefined || entry.begunAt === "" ? now : entry.begunAt,
  });
  await dropDraft(place, item);
}

/** A last version that says so; the server empties all earlier ones with it. */
export async function remove(place: Place, entry: Entry): Promise<void> {
  const now = new Date().toISOString();
  const content = { text: "", written_at: now, begun_at: entry.begunAt, deleted: true };
  await write(place, entry.item, entry.heads, content);
  await dropDraft(place, entry.item);
}

// --- drafts

export async function keepDraft(
  place: Place,
  item: string,
  follows: string[],
  text: string,
): Promise<void> {
  const sealed = await vaultWorker.ask("sealDraft", place.user, item, utf8.encode(text));
  await (await vaultDb()).put("drafts", {
    user: place.user,
    client: place.client,
    item,
    follows,
    savedAt: new Date().toISOString(),
    ...sealed,
  });
}

export async function dropDraft(place: Place, item: string): Promise<void> {
  await (await vaultDb()).delete("drafts", [place.user, place.client, item]);
}

export async function drafts(place: Place): Promise<Unfinished[]> {
  const rows = await (await vaultDb()).getAll("drafts", ofPerson(place.user, place.client));
  return Promise.all(
    rows.map(async (row) => {
      const content = await vaultWorker.ask("openDraft", place.user, row.item, row);
      const text = new TextDecoder().decode(content);
      return { item: row.item, follows: row.follows, text, savedAt: row.savedAt };
    }),
  );
}

// --- to and from the server

/** Answers that no further attempt can change. */
const FINAL = new Set([400, 404, 413, 422]);

/** Sends what waits, each after what it follows. Returns how many versions arrived. */
export async function send(place: Place): Promise<number> {
  const waiting = (await stored(place))
    .filter((version) => version.position === null && version.refused === null)
    .sort((a, b) => a.wire.revision - b.wire.revision);
  let sent = 0;
  for (const version of waiting) {
    const body = { ...version.wire, forget_earlier: version.forgetEarlier };
    try {
      const kept = await api.post<Schemas["KeptOut"]>(itemsPath(place), body);
      await (await vaultDb()).put("versions", { ...version, position: kept.position });
      if (version.forgetEarlier) await forgetEarlier(place, version);
      sent += 1;
    } catch (error) {
      if (!(error instanceof ApiError) || !FINAL.has(error.status)) throw error;
      await (await vaultDb()).put("versions", { ...version, refused: error.code });
    }
  }
  return sent;
}

async function forgetEarlier(place: Place, last: StoredVersion): Promise<void> {
  const database = await vaultDb();
  for (const version of await stored(place)) {
    if (version.item !== last.item || version.hash === last.hash) continue;
    const wire = { ...version.wire, ciphertext: "", grants: [] };
    await database.put("versions", { ...version, wire, forgotten: true });
  }
}

type Listed = Schemas["VersionOut"];

async function fetchAfter(place: Place, after: number): Promise<Listed[]> {
  const found: Listed[] = [];
  let from: number | null = after;
  while (from !== null) {
    const page: Schemas["VersionsOut"] = await api.get(itemsPath(place), { query: { after: from } });
    found.push(...page.items);
    from = page.next;
  }
  return found;
}

/** Keeps what the server listed, under the hash that its content gives. */
async function take(place: Place, listed: readonly Listed[]): Promise<Set<string>> {
  const opened = await vaultWorker.ask("open", place.user, listed);
  const database = await vaultDb();
  const hashes = new Set<string>();
  for (const [index, { position, superseded: _, forgotten, ...wire }] of listed.entries()) {
    const answer = opened[index];
    if (answer === undefined) continue;
    // Of a forgotten version the content that its name was made of has gone.
    const hash = forgotten ? `forgotten ${position}` : toBase64Url(answer.hash);
    hashes.add(hash);
    await database.put("versions", {
      user: place.user,
      client: place.client,
      item: wire.item,
      hash,
      wire,
      forgetEarlier: false,
      forgotten,
      position,
      refused: null,
    });
    if (forgotten) await dropCopy(place, wire.item, wire.signature, hash);
  }
  return hashes;
}

/** Removes the readable copy of a version that was deleted on another device. */
async function dropCopy(
  place: Place,
  item: string,
  signature: string,
  except: string,
): Promise<void> {
  const database = await vaultDb();
  for (const version of await stored(place)) {
    const same = version.item === item && version.wire.signature === signature;
    if (!same || version.hash === except) continue;
    await database.delete("versions", [place.user, place.client, item, version.hash]);
  }
}

/**
 * Fetches what is new. It asks for the last version it knows once more: a server that does not show
 * that one has gone back in time, and then everything is compared and what is missing is sent again.
 */
export async function receive(place: Place): Promise<void> {
  const database = await vaultDb();
  const mark = (await database.get("marks", [place.user, place.client])) ?? {
    user: place.user,
    client: place.client,
    position: 0,
    rolledBack: false,
  };
  const last = (await stored(place)).find((version) => version.position === mark.position);
  let listed = await fetchAfter(place, Math.max(0, mark.position - 1));
  const first = listed[0];
  const gone = mark.position > 0 && first?.signature !== last?.wire.signature;
  if (gone) listed = await fetchAfter(place, 0);
  const there = await take(place, listed);
  if (gone) {
    for (const version of await stored(place)) {
      if (version.position === null || there.has(version.hash) || version.forgotten) continue;
      await database.put("versions", { ...version, position: null });
    }
  }
  await database.put("marks", {
    ...mark,
    position: Math.max(0, ...listed.map((each) => each.position), gone ? 0 : mark.position),
    rolledBack: mark.rolledBack || gone,
  });
}

export async function wasRolledBack(place: Place): Promise<boolean> {
  const mark = await (await vaultDb()).get("marks", [place.user, place.client]);
  return mark?.rolledBack ?? false;
}

export async function waitingCount(place: Place): Promise<number> {
  return (await stored(place)).filter((version) => version.position === null).length;
}
