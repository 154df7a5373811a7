/**
 * The list of entries and the words to search in, kept on this device and sealed by it, so that a
 * journal of thousands opens without opening each. Whoever changes a version leaves a note (`stale`)
 * in the same step; the entries noted are looked at anew, some at a time. What does not open is made
 * again from the versions.
 */
import { ofItem, ofPerson, type Shelf, type Stale, vaultDb } from "./db";
import { VaultError } from "./engine/errors";
import { contentsOf, type Place } from "./opening";
import { holdsAll, wordsOf } from "./search";
import { headsOf, type Known, newestFirst, type Row, type Summary, summarise } from "./summary";
import { vaultWorker, whenLocked } from "./worker";

/** Entries looked at in one step. */
const STEP = 100;
/** So many parts of the words stand beside each other before they are brought together. */
const MOST_PARTS = 60;
const ENTRIES_PER_PART = 400;
const ROWS = "rows";
const WORDS = "words-";

/** `edition` counts the changes, from the hour it was begun; `nextPart` is the number of the next part of the words. */
interface List {
  edition: number;
  nextPart: number;
  rows: Row[];
}

type Part = [item: string, words: string | null][];

/** The words as they were read for a search, with the edition they belong to. */
let read: { of: string; edition: number; words: Map<string, string> } | null = null;

/** The list as it was read last, with the nonce it was sealed under: another one is another list. */
let parsed: { nonce: string; list: List } | null = null;

whenLocked(() => {
  read = null;
  parsed = null;
});

const keyOf = ({ user, client }: Place): string => `${user} ${client}`;

async function sealed(place: Place, name: string, value: unknown): Promise<Shelf> {
  const content = new TextEncoder().encode(JSON.stringify(value));
  const draft = await vaultWorker.ask("sealLocal", place.user, name, content);
  return { user: place.user, client: place.client, name, ...draft };
}

async function unsealed<T>(place: Place, shelf: Shelf): Promise<T> {
  const content = await vaultWorker.ask("openLocal", place.user, shelf.name, shelf);
  return JSON.parse(new TextDecoder().decode(content)) as T;
}

const parts = ({ user, client }: Place): IDBKeyRange =>
  IDBKeyRange.bound([user, client, WORDS], [user, client, `${WORDS}~`]);

// Of one length, so that they come back in the order in which they were written.
const partName = (number: number): string => WORDS + String(number).padStart(9, "0");

const isDamage = (error: unknown): boolean =>
  error instanceof SyntaxError || (error instanceof VaultError && error.code === "item-damaged");

async function load(place: Place): Promise<List> {
  const shelf = await (await vaultDb()).get("shelves", [place.user, place.client, ROWS]);
  if (shelf === undefined) return begunAnew(place);
  const nonce = shelf.nonce.join();
  if (parsed?.nonce === nonce) return parsed.list;
  try {
    parsed = { nonce, list: await unsealed<List>(place, shelf) };
    return parsed.list;
  } catch (error) {
    if (isDamage(error)) return begunAnew(place);
    throw error;
  }
}

/** An empty list, and a note to look at every entry. */
async function begunAnew(place: Place): Promise<List> {
  const { user, client } = place;
  const database = await vaultDb();
  const range = ofPerson(user, client);
  const items = new Set((await database.getAllKeys("versions", range)).map((key) => key[2]));
  read = null;
  const empty: List = { edition: Date.now(), nextPart: 0, rows: [] };
  const shelf = await sealed(place, ROWS, empty);
  const transaction = database.transaction(["stale", "shelves"], "readwrite");
  const shelves = transaction.objectStore("shelves");
  const stale = transaction.objectStore("stale");
  const work: Promise<unknown>[] = [shelves.delete(range), shelves.put(shelf)];
  for (const item of items) work.push(stale.put({ user, client, item, token: "anew" }));
  await Promise.all([...work, transaction.done]);
  return empty;
}

/** One at a time, of all tabs: two that wrote the list at once would lose each other's entries. */
let line: Promise<unknown> = Promise.resolve();
function alone<T>(work: () => Promise<T>): Promise<T> {
  const next = line.then(
    async (): Promise<T> => navigator.locks.request("holdfast-catalogue", async () => work()),
  );
  line = next.catch(() => undefined);
  return next;
}

/** The notes to act on, newest first where there are many: that is where somebody looks. */
async function noted({ user, client }: Place): Promise<{ now: Stale[]; more: boolean }> {
  const database = await vaultDb();
  const range = ofPerson(user, client);
  const all = await database.getAll("stale", range);
  if (all.length <= STEP) return { now: all, more: false };
  const order = await database.getAllKeysFromIndex("versions", "position", range);
  const rank = new Map(order.map((key, index) => [key[2], index]));
  const last = order.length;
  all.sort((a, b) => (rank.get(b.item) ?? last) - (rank.get(a.item) ?? last));
  return { now: all.slice(0, STEP), more: true };
}

/**
 * Looks at up to a hundred entries that changed; whether more are left. `known` spares opening again
 * what was just opened.
 */
export const refresh = (place: Place, known?: ReadonlyMap<string, Known>): Promise<boolean> =>
  alone(async () => {
    const list = await load(place);
    const { now, more } = await noted(place);
    if (now.length > 0) await keep(place, list, now, await summaries(place, now, known));
    return more;
  });

type Found = [item: string, summary: Summary | null][];

async function summaries(
  place: Place,
  now: readonly Stale[],
  known?: ReadonlyMap<string, Known>,
): Promise<Found> {
  const { user, client } = place;
  const reading = (await vaultDb()).transaction("versions");
  const heads = await Promise.all(
    now.map(async ({ item }) => headsOf(await reading.store.getAll(ofItem(user, client, item)))),
  );
  const contents = await contentsOf(place, heads.flat(), known);
  return now.map(({ item }, at) => [item, summarise(item, heads[at] ?? [], contents)]);
}

async function keep(place: Place, list: List, done: readonly Stale[], found: Found): Promise<void> {
  const changed = new Map(found);
  const fresh = found.flatMap(([, summary]) => (summary === null ? [] : [summary.row]));
  const next: List = {
    edition: list.edition + 1,
    nextPart: list.nextPart + 1,
    rows: [...list.rows.filter((row) => !changed.has(row.item)), ...fresh],
  };
  const part: Part = found.map(([item, summary]) => [item, summary?.words ?? null]);
  const words = carriedOn(place, list, part);
  const gather = next.nextPart % MOST_PARTS === 0;
  const shelves = gather
    ? await gathered(place, next, words ?? (await wordsIn(place, part)))
    : [await sealed(place, partName(list.nextPart), part)];
  const shelf = await sealed(place, ROWS, next);
  await write(place, [...shelves, shelf], done, gather);
  parsed = { nonce: shelf.nonce.join(), list: next };
}

/** The words in memory with the part added, where they are those of this list. */
function carriedOn(place: Place, list: List, part: Part): Map<string, string> | null {
  if (read?.of !== keyOf(place) || read.edition !== list.edition) return null;
  apply(read.words, part);
  read.edition += 1;
  return read.words;
}

async function write(
  place: Place,
  shelves: readonly Shelf[],
  done: readonly Stale[],
  gather: boolean,
): Promise<void> {
  const { user, client } = place;
  const transaction = (await vaultDb()).transaction(["shelves", "stale"], "readwrite");
  const kept = transaction.objectStore("shelves");
  const stale = transaction.objectStore("stale");
  const work: Promise<unknown>[] = [];
  if (gather) work.push(kept.delete(parts(place)));
  for (const shelf of shelves) work.push(kept.put(shelf));
  for (const { item, token } of done) {
    const key: [string, string, string] = [user, client, item];
    // What changed again meanwhile stays noted.
    work.push(stale.get(key).then((row) => (row?.token === token ? stale.delete(key) : undefined)));
  }
  await Promise.all([...work, transaction.done]);
}

function apply(words: Map<string, string>, part: Part): void {
  for (const [item, text] of part) {
    if (text === null) words.delete(item);
    else words.set(item, text);
  }
}

async function wordsIn(place: Place, last: Part = []): Promise<Map<string, string>> {
  const shelves = await (await vaultDb()).getAll("shelves", parts(place));
  const words = new Map<string, string>();
  const all = await Promise.all(shelves.map((shelf) => unsealed<Part>(place, shelf)));
  for (const part of [...all, last]) apply(words, part);
  return words;
}

/** All words in few parts, which take the place of the many. Counts `next` on. */
function gathered(place: Place, next: List, words: Map<string, string>): Promise<Shelf[]> {
  const all: Part = [...words];
  const made: Promise<Shelf>[] = [];
  for (let at = 0; at < all.length; at += ENTRIES_PER_PART) {
    made.push(sealed(place, partName(next.nextPart), all.slice(at, at + ENTRIES_PER_PART)));
    next.nextPart += 1;
  }
  return Promise.all(made);
}

/** Every entry that is not deleted, newest first, as far as they have been looked at. */
export const rows = async (place: Place): Promise<Row[]> =>
  newestFirst((await alone(() => load(place))).rows);

/** The entries in which every word of the query stands. */
export async function search(place: Place, query: string): Promise<Set<string>> {
  const words = await alone(() => readWords(place));
  if (words !== null) {
    const asked = wordsOf(query);
    const found = [...words].filter(([, text]) => holdsAll(text, asked));
    return new Set(found.map(([item]) => item));
  }
  while (await refresh(place)) continue;
  return search(place, query);
}

/** The words; null where they were damaged and have to be made again. */
async function readWords(place: Place): Promise<Map<string, string> | null> {
  const { edition } = await load(place);
  if (read?.of === keyOf(place) && read.edition === edition) return read.words;
  try {
    read = { of: keyOf(place), edition, words: await wordsIn(place) };
    return read.words;
  } catch (error) {
    if (!isDamage(error)) throw error;
    await begunAnew(place);
    return null;
  }
}
