/** What a person does with sharing: give one item, give all that comes, pass on to somebody new. */
import { v4 } from "uuid";

import { OfflineError } from "@/api/problems";
import { ofItem, ofPerson, vaultDb } from "../db";
import { VaultError } from "../engine/errors";
import type { Excerpt } from "../engine/excerpts";
import type { WireVersion } from "../engine/wire";
import { entry } from "../journal";
import type { Place } from "../opening";
import { headsOf } from "../summary";
import { vaultWorker } from "../worker";
import {
  allItems,
  postFolder,
  postGrants,
  postItem,
  postWraps,
  stopReader,
  versionOf,
} from "./api";
import { going, noteGoing, sharingDb } from "./device";
import { SHARED_KIND } from "./kinds";
import type { Person, SharedFolder, SharedItem } from "./types";

/** Versions sealed to a reader in one step of the worker. */
const STEP = 100;

/** Shares an entry as it stands; what is written into it later goes on to the reader from here. */
export async function shareEntry(place: Place, item: string, reader: Person): Promise<void> {
  const versions = await (await vaultDb()).getAll("versions", ofItem(place.user, place.client, item));
  const heads = headsOf(versions);
  if (heads.some((head) => head.position === null)) throw new OfflineError();
  const wires = heads.map((head) => head.wire);
  await postGrants(place, await vaultWorker.ask("grantTo", place.user, wires, reader));
}

/** An excerpt that was sealed and may have been sent: sending it once more changes nothing. */
export const makeExcerpt = (place: Place, excerpt: Excerpt): Promise<WireVersion> =>
  vaultWorker.ask("sealExcerpt", place.user, v4(), excerpt);

export async function shareExcerpt(place: Place, version: WireVersion, reader: Person): Promise<void> {
  await postItem(place, version);
  await postGrants(place, await vaultWorker.ask("grantTo", place.user, [version], reader));
}

/** From now on every new entry goes to the reader, until the person stops it. */
export async function shareAllFromNow(place: Place, reader: Person): Promise<SharedFolder> {
  const made = await vaultWorker.ask("newFolder", place.user, reader);
  await postFolder(place, made);
  await noteGoing(place.user, place.client, [...(await going(place.user, place.client)), made.id]);
  const now = new Date().toISOString();
  return {
    ...made,
    epoch: 1,
    renew: false,
    begun_at: now,
    stopped_at: null,
    items: 0,
    readers: [{ reader: reader.id, since: now }],
  };
}

/** What one reader can read by the owner's own signature, whatever the server says. */
export async function readBy(place: Place, reader: Person): Promise<SharedItem[]> {
  const items = await allItems(place, { reader: reader.id });
  const claims = items.flatMap(({ item, hash, readers }) =>
    readers
      .filter((reading) => reading.reader === reader.id)
      .map((reading) => ({ item, hash, reading })),
  );
  const held = await vaultWorker.ask("trueClaims", place.user, claims, [reader]);
  const found = new Set(held.map(({ hash }) => hash));
  return items.filter(({ hash }) => found.has(hash));
}

async function grantAll(place: Place, items: readonly SharedItem[], to: Person): Promise<void> {
  for (let at = 0; at < items.length; at += STEP) {
    const wires = await Promise.all(
      items.slice(at, at + STEP).map((item) => versionOf(place, item)),
    );
    const there = wires.filter((wire): wire is WireVersion => wire !== null);
    await postGrants(place, await vaultWorker.ask("grantTo", place.user, there, to));
  }
}

/** Entries that wait because their reader left: written while the standing share was shown. */
async function waitingFor(place: Place, folder: SharedFolder): Promise<WireVersion[]> {
  const due = await (await sharingDb()).getAll("due", ofPerson(place.user, place.client));
  const wires: WireVersion[] = [];
  const meant = due.filter(({ folders = [] }) => folders.includes(folder.id));
  for (const item of new Set(meant.map((each) => each.item))) {
    const written = await entry(place, item);
    if (written === null) continue;
    const versions = await (await vaultDb()).getAll("versions", ofItem(place.user, place.client, item));
    wires.push(...headsOf(versions).filter((head) => head.position !== null).map((head) => head.wire));
  }
  return wires;
}

interface Passing {
  from: Person;
  to: Person;
  /** What passes: what the person saw listed before they agreed. */
  items: readonly SharedItem[];
  /** Standing shares with the one who left or is covered. */
  folders: readonly SharedFolder[];
}

/**
 * Seals to a new reader what another reads, and lets new entries go to them. Who left the care team
 * holds nothing afterwards; who is covered goes on reading.
 */
export async function passOn(place: Place, { from, to, items, folders }: Passing): Promise<void> {
  if (to.keys.length === 0) throw new VaultError("item-not-granted");
  await grantAll(place, items, to);
  const going = folders.find((each) => each.stopped_at === null && each.kind === SHARED_KIND);
  if (going !== undefined) {
    const folder = await shareAllFromNow(place, to);
    const since = await waitingFor(place, going);
    await postWraps(place, folder.id, await vaultWorker.ask("wrap", place.user, folder, since));
  }
  if (!from.may_read) await stopReader(place, from.id);
}
