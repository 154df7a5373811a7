/**
 * Conversations at rest: vault items of kind `conversation`, sealed on this device after each turn.
 * A version takes the place of the one it follows, so that one conversation is one readable version,
 * however long it was. Two devices that went on at once leave two: the one whose turn is newest goes
 * on, and the other is kept as a conversation of its own.
 */
import { v4, v5 } from "uuid";

import { ApiError, OfflineError } from "@/api/problems";
import { fromBase64Url } from "@/auth/bytes";
import { movedOn, type Vault } from "@/vault/access";
import { keepVersions, ofPerson, type StoredVersion, vaultDb } from "@/vault/db";
import { compareBytes } from "@/vault/engine/items";
import { VaultError } from "@/vault/engine/errors";
import { receive, send } from "@/vault/exchange";
import type { Place } from "@/vault/opening";
import { vaultWorker, whenLocked } from "@/vault/worker";

import { dropWaiting, waitingHere } from "./device";
import { decodeTalk, encodeTalk, type Talk } from "./talk";

export const TALK = "conversation";
export const MEMORY = "companion-memory";
const SCHEMA = 1;

export interface Head {
  hash: string;
  revision: number;
}

/** One item with what its newest versions say; more than one head where two devices went on. */
export interface Item<Content> {
  item: string;
  heads: Head[];
  contents: Content[];
}

export interface Conversation {
  item: string;
  heads: Head[];
  talk: Talk;
}

const atHand = new Map<string, Uint8Array>();
const MOST_AT_HAND = 100;

whenLocked(() => atHand.clear());

/** What versions say; those that do not open are left out. */
async function contentsOf(place: Place, versions: readonly StoredVersion[]): Promise<Map<string, Uint8Array>> {
  const closed = versions.filter(({ hash }) => !atHand.has(hash));
  if (closed.length > 0) {
    const wires = closed.map(({ wire }) => wire);
    for (const read of await vaultWorker.ask("openOwn", place.user, wires)) {
      if ("content" in read) atHand.set(read.hash, read.content);
    }
  }
  const found = new Map<string, Uint8Array>();
  for (const { hash } of versions) {
    const content = atHand.get(hash);
    if (content !== undefined) found.set(hash, content);
  }
  for (const hash of atHand.keys()) {
    if (atHand.size <= MOST_AT_HAND) break;
    if (!found.has(hash)) atHand.delete(hash);
  }
  return found;
}

/** All items of a kind with their newest versions, opened. */
export async function itemsOf<Content>(
  place: Place,
  kind: string,
  decode: (bytes: Uint8Array) => Content,
): Promise<Item<Content>[]> {
  const all = await (await vaultDb()).getAll("versions", ofPerson(place.user, place.client));
  const ours = all.filter(({ wire }) => wire.kind === kind);
  const followed = new Set(ours.flatMap(({ wire }) => wire.previous));
  const heads = ours.filter(({ hash, forgotten }) => !forgotten && !followed.has(hash));
  const contents = await contentsOf(place, heads);
  const items = new Map<string, Item<Content>>();
  for (const { item, hash, wire } of heads) {
    const bytes = contents.get(hash);
    if (bytes === undefined) continue;
    const found = items.get(item) ?? { item, heads: [], contents: [] };
    found.heads.push({ hash, revision: wire.revision });
    found.contents.push(decode(bytes));
    items.set(item, found);
  }
  return [...items.values()];
}

/** Seals a version that follows the given heads, and keeps it here until it is sent. */
export async function keepItem(
  place: Place,
  kind: string,
  item: string,
  heads: readonly Head[],
  content: Uint8Array<ArrayBuffer>,
): Promise<Head[]> {
  const revision = 1 + Math.max(0, ...heads.map((head) => head.revision));
  const previous = heads.map(({ hash }) => fromBase64Url(hash)).sort(compareBytes);
  const next = { item, revision, previous };
  const made = await vaultWorker.ask("sealAs", place.user, { kind, schema: SCHEMA }, next, content);
  await keepVersions([
    {
      user: place.user,
      client: place.client,
      item,
      hash: made.name,
      wire: made.wire,
      forgetEarlier: true,
      forgotten: false,
      position: null,
      refused: null,
    },
  ]);
  return [{ hash: made.name, revision }];
}

/** The newest turn first; of equal ones, the branch with more turns. */
const newer = (a: Talk, b: Talk): number =>
  b.written_at.localeCompare(a.written_at) || b.turns - a.turns;

const same = (a: Talk, b: Talk): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * Brings branches to one: the newest goes on, each other becomes a conversation of its own, under an
 * id made of its version's name, so that two devices that do this at once make the same one.
 */
async function settled(
  place: Place,
  { item, heads, contents }: Item<Talk>,
): Promise<Conversation[]> {
  const branches = contents
    .map((talk, at) => ({ talk, head: heads[at] }))
    .toSorted((a, b) => newer(a.talk, b.talk));
  const [first, ...others] = branches;
  if (first === undefined) throw new Error("an item has at least one version");
  const different = others.filter(({ talk }) => !same(talk, first.talk));
  if (different.length === 0) return [{ item, heads, talk: first.talk }];
  const apart: Conversation[] = [];
  for (const { talk, head } of different) {
    if (head === undefined || talk.deleted === true) continue;
    const own = { item: v5(head.hash, item), talk: { ...talk, card: null } };
    apart.push({ ...own, heads: await keepItem(place, TALK, own.item, [], encodeTalk(own.talk)) });
  }
  const next = await keepItem(place, TALK, item, heads, encodeTalk(first.talk));
  return [{ item, heads: next, talk: first.talk }, ...apart];
}

/** All conversations, the newest first, with what waits here unanswered. */
export async function conversations(place: Place): Promise<Conversation[]> {
  const found = new Map<string, Conversation>();
  for (const item of await itemsOf(place, TALK, decodeTalk)) {
    for (const one of await settled(place, item)) {
      if (one.talk.deleted !== true) found.set(one.item, one);
    }
  }
  for (const { item, follows, talk } of await waitingHere(place)) {
    const there = found.get(item);
    const goesOn = (there?.heads ?? []).every(({ hash }) => follows.includes(hash));
    if (there === undefined && follows.length > 0) {
      // Deleted on another device, or not here yet: the words are not lost, they begin anew.
      found.set(item, { item: v4(), heads: [], talk });
      await dropWaiting(place, item);
    } else if (goesOn) found.set(item, { item, heads: there?.heads ?? [], talk });
    else if (there !== undefined) {
      // It went on elsewhere: what is unanswered here is asked again at its end.
      const own = talk.bubbles.filter(({ id }) => id.startsWith(`${talk.pending?.id}.`));
      const joined = { ...there.talk, pending: talk.pending, bubbles: [...there.talk.bubbles, ...own] };
      found.set(item, { ...there, talk: joined });
    }
  }
  return [...found.values()].toSorted((a, b) => newer(a.talk, b.talk));
}

/** Seals the conversation as it stands. */
export async function keepTalk(place: Place, { item, heads, talk }: Conversation): Promise<Conversation> {
  const next = await keepItem(place, TALK, item, heads, encodeTalk(talk));
  await dropWaiting(place, item);
  return { item, heads: next, talk };
}

/** A last version that says so; the server empties all earlier ones with it. */
export async function removeTalk(place: Place, { item, heads, talk }: Conversation): Promise<void> {
  await dropWaiting(place, item);
  if (heads.length === 0) return;
  const { begun_at } = talk;
  const gone = { begun_at, written_at: new Date().toISOString(), turns: talk.turns, deleted: true };
  const content = new TextEncoder().encode(JSON.stringify(gone));
  await keepItem(place, TALK, item, heads, content);
}

// --- what it remembers

export interface PastOffer {
  flow: string;
  part: "morning" | "day" | "evening" | "night";
  day: string;
  taken: boolean;
  helped: "much" | "little" | "not" | null;
  chance: number | null;
}

export interface Memory {
  /** Nothing is remembered before the person said that it may be. */
  allowed: boolean;
  /** Exercises that were finished, with the day of the last time. */
  finished: Record<string, string>;
  /** What the person would like this for, as codes. */
  goals: string[];
  /** What was offered and done, oldest first, with the chance at which it was offered. */
  past: PastOffer[];
  written_at: string;
}

export const NOTHING: Memory = { allowed: false, finished: {}, goals: [], past: [], written_at: "" };

const decodeMemory = (bytes: Uint8Array): Memory =>
  JSON.parse(new TextDecoder().decode(bytes)) as Memory;

export async function memory(place: Place): Promise<{ item: string; heads: Head[]; memory: Memory }> {
  const [first] = await itemsOf(place, MEMORY, decodeMemory);
  if (first === undefined) return { item: v5(MEMORY, place.client), heads: [], memory: NOTHING };
  const newest = first.contents.toSorted((a, b) => b.written_at.localeCompare(a.written_at))[0];
  return { item: first.item, heads: first.heads, memory: newest ?? NOTHING };
}

export async function keepMemory(place: Place, changed: Omit<Memory, "written_at">): Promise<void> {
  const { item, heads } = await memory(place);
  const content = { ...changed, written_at: new Date().toISOString() };
  await keepItem(place, MEMORY, item, heads, new TextEncoder().encode(JSON.stringify(content)));
}

/** Whether a safety plan was begun; what stands in it is nobody's business here. */
export async function hasPlan({ user, client }: Place): Promise<boolean> {
  const all = await (await vaultDb()).getAll("versions", ofPerson(user, client));
  return all.some(({ wire, forgotten }) => wire.kind === "safety-plan" && !forgotten);
}

// --- to and from the server

const isOurs = ({ wire }: StoredVersion): boolean => wire.kind === TALK || wire.kind === MEMORY;

/**
 * Sends what waits and, where asked, fetches what is new. Gives the vault where its keys were
 * replaced elsewhere; false where nobody was reached.
 */
export async function exchange(
  place: Place,
  { fetchToo }: { fetchToo: boolean },
): Promise<true | false | Vault> {
  const work = async (): Promise<true | false | Vault> => {
    try {
      if (fetchToo) {
        const vault = await movedOn(place.user);
        if (vault !== null) return vault;
      }
      await send(place, isOurs);
      if (fetchToo) await receive(place);
      return true;
    } catch (error) {
      // Whatever did not go out waits here for the next time.
      const locked = error instanceof VaultError && error.code === "vault-locked";
      if (!locked && !(error instanceof OfflineError) && !(error instanceof ApiError)) throw error;
      return false;
    }
  };
  return navigator.locks.request("holdfast-journal", work);
}
