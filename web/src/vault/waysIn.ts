/**
 * Ways in, as the vault's worker makes and uses them. The seeds are in its memory while one of these
 * runs, and nowhere else.
 */
import { fromBase64Url, toBase64Url } from "@/auth/bytes";

import { everyKey, sealEarlier } from "./engine/earlier";
import { type Bytes, random, same } from "./engine/encoding";
import { damaged, VaultError } from "./engine/errors";
import { keysOf, newSeeds, nextEntry, type PrivateKeys, type Seeds, verifyHistory } from "./engine/keys";
import { entryIn, entryOut, type WireEntry, type WireWrap, wrapIn, wrapOut } from "./engine/wire";
import {
  type Cost,
  NO_COST,
  passkeyKey,
  recoveryKey,
  SALT_BYTES,
  unwrapSeeds,
  wrapSeeds,
} from "./engine/wraps";

/** A way in as somebody uses it: the key of their password, their recovery code, or their passkey. */
export type Secret =
  | { kind: "password"; key: CryptoKey; salt: Bytes; cost: Cost }
  | { kind: "recovery"; code: Bytes }
  | { kind: "passkey"; prf: CryptoKey; credential: Bytes };

/** All keys of a person, newest first, and the number of the newest entry of their history. */
export interface Keys {
  keys: PrivateKeys[];
  sequence: number;
}

async function keyFor(secret: Secret, salt: Bytes): Promise<CryptoKey> {
  if (secret.kind === "password") return secret.key;
  return secret.kind === "recovery"
    ? recoveryKey(secret.code, salt)
    : passkeyKey(secret.prf, salt);
}

export async function newWrap(
  user: string,
  seeds: Seeds,
  secret: Secret,
  sequence: number,
): Promise<WireWrap> {
  const password = secret.kind === "password";
  const salt = password ? secret.salt : random(SALT_BYTES);
  const empty = {
    user,
    kind: secret.kind,
    sequence,
    cost: password ? secret.cost : NO_COST,
    salt,
    credential: secret.kind === "passkey" ? secret.credential : new Uint8Array(0),
  };
  return wrapOut(await wrapSeeds(empty, seeds, await keyFor(secret, salt)));
}

/** The seeds; throws where the secret is of another way in. */
export async function seedsBy(user: string, wire: WireWrap, secret: Secret): Promise<Seeds> {
  const wrap = wrapIn(user, wire);
  const other = secret.kind === "passkey" && !same(secret.credential, wrap.credential);
  if (wrap.kind !== secret.kind || other) throw new VaultError("wrap-not-opened");
  return unwrapSeeds(wrap, await keyFor(secret, wrap.salt));
}

const earlierOf = (history: readonly WireEntry[]): Bytes[] =>
  history.map((entry) => fromBase64Url(entry.earlier ?? ""));

/** Every key, by one way in; throws unless they are those of the whole history. */
export async function keysBy(
  user: string,
  wrap: WireWrap,
  secret: Secret,
  history: readonly WireEntry[],
): Promise<Keys> {
  const seeds = await seedsBy(user, wrap, secret);
  const entries = history.map((entry) => entryIn(user, entry));
  const newest = await verifyHistory(user, entries);
  if (wrap.sequence !== newest.sequence) throw damaged();
  const keys = await everyKey(entries, earlierOf(history), await keysOf(seeds));
  return { keys, sequence: newest.sequence };
}

/** What the server needs to put new keys in the place of the present ones. */
export interface NewKeys {
  keys: WireEntry;
  earlier: string;
  wraps: WireWrap[];
}

/**
 * New keys, with a way in for each of `to`. The present ones, opened by `from`, are sealed to them,
 * and all are opened once before anything is sent.
 */
export async function changeKeys(
  user: string,
  wrap: WireWrap,
  from: Secret,
  to: readonly Secret[],
  history: readonly WireEntry[],
  created: number,
): Promise<{ made: NewKeys; next: Keys }> {
  const old = await seedsBy(user, wrap, from);
  const entries = history.map((entry) => entryIn(user, entry));
  const last = await verifyHistory(user, entries);
  const seeds = newSeeds();
  const fresh = await keysOf(seeds);
  const entry = await nextEntry(last, await keysOf(old), fresh, created);
  const earlier = await sealEarlier(entry, old);
  const whole = [...entries, entry];
  await verifyHistory(user, whole);
  const keys = await everyKey(whole, [...earlierOf(history), earlier], fresh);
  const wraps = await Promise.all(to.map((each) => newWrap(user, seeds, each, entry.sequence)));
  return {
    made: { keys: entryOut(entry), earlier: toBase64Url(earlier), wraps },
    next: { keys, sequence: entry.sequence },
  };
}
