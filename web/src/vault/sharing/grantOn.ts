/**
 * Sends what waits and shares it on: new entries to whom all new entries go, and new versions of an
 * entry to whom it was shared with. Only the device that sends a version does so, and it notes before
 * sending what is due, so that a crash in between loses nothing.
 */
import { ofItem, ofPerson, vaultDb } from "../db";
import { VaultError } from "../engine/errors";
import type { WireVersion } from "../engine/wire";
import { entry } from "../journal";
import type { Place } from "../opening";
import { headsOf } from "../summary";
import { vaultWorker } from "../worker";
import { allItems, fetchOverview, postGrants, postWraps } from "./api";
import { type Due, sharingDb } from "./device";
import { SHARED_KIND } from "./kinds";
import type { Overview, Person, SharedFolder, SharedItem } from "./types";

async function noteWaiting({ user, client }: Place): Promise<void> {
  const waiting = await (await vaultDb()).getAllFromIndex(
    "versions",
    "waiting",
    ofPerson(user, client),
  );
  if (waiting.length === 0) return;
  const database = await sharingDb();
  const transaction = database.transaction("due", "readwrite");
  const notes = waiting.map(({ item, hash, folders = [] }) =>
    transaction.store.put({ user, client, item, hash, folders }),
  );
  await Promise.all([...notes, transaction.done]);
}

/** One entry that was sent from here, with what readers are to get of it. */
interface Sent {
  item: string;
  /** Written here for the first time, not changed. */
  isNew: boolean;
  /** The standing shares that were shown when it was written. */
  folders: ReadonlySet<string>;
  heads: WireVersion[];
  due: Due[];
}

async function sentEntries(place: Place): Promise<Sent[]> {
  const due = await (await sharingDb()).getAll("due", ofPerson(place.user, place.client));
  if (due.length === 0) return [];
  const byItem = new Map<string, Due[]>();
  for (const each of due) byItem.set(each.item, [...(byItem.get(each.item) ?? []), each]);
  const database = await vaultDb();
  const found: Sent[] = [];
  for (const [item, notes] of byItem) {
    const versions = await database.getAll("versions", ofItem(place.user, place.client, item));
    const hashes = new Set(notes.map((note) => note.hash));
    const mine = versions.filter((version) => hashes.has(version.hash));
    // After signing out and in again they are on their way back to this device.
    if (mine.length === 0) continue;
    if (mine.some((version) => version.position === null && version.refused === null)) continue;
    const shown = await entry(place, item);
    const heads = headsOf(versions).filter((head) => head.position !== null);
    found.push({
      item,
      // What is brought in from elsewhere was not written from now on, whatever its day.
      isNew:
        mine.some((version) => version.wire.revision === 1) &&
        shown?.heads.every((head) => head.imported === undefined) === true,
      folders: new Set(notes.flatMap((note) => note.folders ?? [])),
      // Of a deleted entry nothing goes on to anybody.
      heads: shown === null ? [] : heads.map((head) => head.wire),
      due: notes,
    });
  }
  return found;
}

async function settle(entries: readonly Sent[]): Promise<void> {
  const database = await sharingDb();
  const transaction = database.transaction("due", "readwrite");
  const gone = entries.flatMap(({ due }) =>
    due.map(({ user, client, item, hash }) => transaction.store.delete([user, client, item, hash])),
  );
  await Promise.all([...gone, transaction.done]);
}

/** A standing share and the people in it who may read today, by the owner's signature. */
interface Standing {
  folder: SharedFolder;
  readers: Person[];
  /**
   * Somebody in it has left the care team, or is named without the owner's signature for their keys:
   * what is new waits until the person has decided.
   */
  undecided: boolean;
}

async function standingShares(place: Place, { folders, people }: Overview): Promise<Standing[]> {
  const going = folders.filter(
    (folder) => folder.kind === SHARED_KIND && folder.stopped_at === null && !folder.renew,
  );
  return Promise.all(
    going.map(async (folder) => {
      const ids = new Set(await vaultWorker.ask("folderReaders", place.user, folder, people));
      const listed = new Set(folder.readers.map(({ reader }) => reader));
      const readers = people.filter(({ id }) => ids.has(id) && listed.has(id));
      const unproven = [...listed].some((id) => !ids.has(id));
      const undecided = unproven || readers.some((person) => !person.may_read);
      return { folder, readers: readers.filter((person) => person.may_read), undecided };
    }),
  );
}

/** Who reads an entry by itself, and in which folders it stands: what the owner signed. */
async function before(place: Place, { item, heads }: Sent, people: Person[]): Promise<SharedItem["readers"]> {
  const hashes = new Set(heads.flatMap((head) => head.previous));
  const shared = (await allItems(place, { item })).filter(
    (each) => each.item === item && (hashes.has(each.hash) || each.revision < (heads[0]?.revision ?? 0)),
  );
  const claims = shared.flatMap(({ hash, readers }) =>
    readers.map((reading) => ({ item, hash, reading })),
  );
  const held = await vaultWorker.ask("trueClaims", place.user, claims, people);
  return held.map(({ reading }) => reading);
}

async function shareOn(place: Place): Promise<void> {
  const sent = await sentEntries(place);
  if (sent.length === 0) return;
  const overview = await fetchOverview(place);
  const standing = await standingShares(place, overview);
  const granted = overview.people.filter((person) => person.may_read && person.items > 0);
  const wraps = new Map<SharedFolder, WireVersion[]>();
  const grants = new Map<Person, WireVersion[]>();
  const put = <Key>(map: Map<Key, WireVersion[]>, key: Key, wires: WireVersion[]): void => {
    map.set(key, [...(map.get(key) ?? []), ...wires]);
  };
  for (const one of sent) {
    if (one.heads.length === 0) continue;
    const changed = !one.isNew && (standing.length > 0 || granted.length > 0);
    const readings = changed ? await before(place, one, overview.people) : [];
    for (const { folder, readers } of standing) {
      const belongs = one.isNew
        ? one.folders.has(folder.id)
        : readings.some((reading) => reading.folder === folder.id);
      if (belongs && readers.length > 0) put(wraps, folder, one.heads);
    }
    for (const person of granted) {
      const reads = readings.some((each) => each.folder === null && each.reader === person.id);
      if (reads) put(grants, person, one.heads);
    }
  }
  for (const [folder, wires] of wraps) {
    await postWraps(place, folder.id, await vaultWorker.ask("wrap", place.user, folder, wires));
  }
  // What is for keys that nobody accepted waits; what is for others goes on.
  const closed = new Set<string>();
  for (const [person, wires] of grants) {
    if (await grantKnown(place, person, wires)) continue;
    for (const { item } of wires) closed.add(item);
  }
  const undecided = standing.filter((each) => each.undecided);
  await settle(
    sent.filter(
      ({ item, isNew, folders }) =>
        !closed.has(item) && !(isNew && undecided.some(({ folder }) => folders.has(folder.id))),
    ),
  );
}

/** Grants to one person; false where they show other keys than this device knew. */
async function grantKnown(place: Place, person: Person, wires: WireVersion[]): Promise<boolean> {
  try {
    await postGrants(place, await vaultWorker.ask("grantTo", place.user, wires, person));
    return true;
  } catch (error) {
    if (error instanceof VaultError && error.code === "keys-changed-unexpectedly") return false;
    throw error;
  }
}

/** Sends what waits here, then shares it on; `send` is the journal's own. */
export async function sendShared(place: Place, send: (place: Place) => Promise<number>): Promise<number> {
  await noteWaiting(place);
  const sent = await send(place);
  await shareOn(place);
  return sent;
}
