/** Public keys of other people, pinned at first use: what does not go on from there is refused. */
import type { KeyEntry, PublicKeys } from "../engine/keys";
import { checkPin, type Pin } from "../engine/pins";
import { about, sharingDb } from "./device";

/** Somebody's keys as this device knows them. */
export interface Pinned {
  keys: PublicKeys;
  pin: Pin;
  /** Their words were compared for the keys they have now. */
  compared: boolean;
  /** They have other keys than this device last said; the old ones signed the new. */
  changed: boolean;
}

/**
 * Checks a whole history and that it goes on from the pin, which then moves to its newest entry.
 * Throws `keys-changed-unexpectedly` where another history is shown than the one that was pinned.
 */
export async function pinned(me: string, other: string, history: readonly KeyEntry[]): Promise<Pinned> {
  const database = await sharingDb();
  const at = await about("pin", me, other);
  const before = await database.get("pins", at);
  const pin = await checkPin(before === undefined ? null : { user: other, ...before }, other, history);
  const now = {
    at,
    sequence: pin.sequence,
    hash: pin.hash,
    compared: before?.compared ?? 0,
    known: before?.known ?? pin.sequence,
  };
  if (before?.sequence !== now.sequence) await database.put("pins", now);
  const newest = history[pin.sequence - 1]!;
  return {
    keys: newest.keys,
    pin,
    compared: now.compared === now.sequence,
    changed: now.known < now.sequence,
  };
}

/** The pin that a history would have if it were seen for the first time, and the one that is kept. */
export async function shownInstead(
  me: string,
  other: string,
  history: readonly KeyEntry[],
): Promise<{ known: Pin; shown: Pin }> {
  const kept = await (await sharingDb()).get("pins", await about("pin", me, other));
  const shown = await checkPin(null, other, history);
  return { known: kept === undefined ? shown : { user: other, ...kept }, shown };
}

/** From now on these keys are somebody's: the two people compared the words that go with them. */
export async function acceptPin(me: string, { user, sequence, hash }: Pin): Promise<void> {
  const at = await about("pin", me, user);
  await (await sharingDb()).put("pins", { at, sequence, hash, compared: sequence, known: sequence });
}

/** Notes that a change of keys was seen, or that two people compared their words. */
export async function notePin(me: string, other: string, what: "known" | "compared"): Promise<void> {
  const database = await sharingDb();
  const pin = await database.get("pins", await about("pin", me, other));
  if (pin === undefined) return;
  const compared = what === "compared" ? pin.sequence : pin.compared;
  await database.put("pins", { ...pin, compared, known: pin.sequence });
}
