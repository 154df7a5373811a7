/** A person's two key pairs, and the signed history of their public halves. */
import { fromBase64Url } from "@/auth/bytes";

import { type Bytes, concat, digest, pack, random, same, uuidBytes } from "./encoding";
import { damaged } from "./errors";

export const SEED_BYTES = 32;
const HASH_BYTES = 32;

/** What stands before a seed in PKCS #8 (RFC 8410), by algorithm. */
const PKCS8 = {
  X25519: [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20],
  Ed25519: [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20],
} as const;

export interface PublicKeys {
  agreement: Bytes;
  signing: Bytes;
}

/** Two seeds of 32 bytes. They exist only while a way in is made or used. */
export interface Seeds {
  agreement: Bytes;
  signing: Bytes;
}

/** What a device keeps: the private halves as keys that no script can read. */
export interface PrivateKeys {
  agreement: CryptoKey;
  signing: CryptoKey;
  public: PublicKeys;
}

type Algorithm = keyof typeof PKCS8;
const USAGES: Record<Algorithm, KeyUsage[]> = { X25519: ["deriveBits"], Ed25519: ["sign"] };

const importSeed = (algorithm: Algorithm, seed: Bytes, extractable: boolean): Promise<CryptoKey> =>
  crypto.subtle.importKey(
    "pkcs8",
    concat([Uint8Array.from(PKCS8[algorithm]), seed]),
    { name: algorithm },
    extractable,
    USAGES[algorithm],
  );

async function publicOf(algorithm: Algorithm, seed: Bytes): Promise<Bytes> {
  const shown = await crypto.subtle.exportKey("jwk", await importSeed(algorithm, seed, true));
  if (shown.x === undefined) throw new Error("this browser cannot tell a public key");
  return fromBase64Url(shown.x);
}

export const newSeeds = (): Seeds => ({
  agreement: random(SEED_BYTES),
  signing: random(SEED_BYTES),
});

/** The keys of two seeds; neither can be taken out of them again. */
export async function keysOf({ agreement, signing }: Seeds): Promise<PrivateKeys> {
  return {
    agreement: await importSeed("X25519", agreement, false),
    signing: await importSeed("Ed25519", signing, false),
    public: {
      agreement: await publicOf("X25519", agreement),
      signing: await publicOf("Ed25519", signing),
    },
  };
}

export async function sign(keys: PrivateKeys, message: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign("Ed25519", keys.signing, message));
}

/** Whose signature is asked for: one pair of keys, or all that a person has had, newest first. */
export type Signers = PublicKeys | readonly PublicKeys[];

async function isOf(keys: PublicKeys, signature: Bytes, message: Bytes): Promise<boolean> {
  const key = await crypto.subtle
    .importKey("raw", keys.signing, "Ed25519", false, ["verify"])
    .catch(() => {
      throw damaged();
    });
  return crypto.subtle.verify("Ed25519", key, signature, message);
}

export async function isSigned(
  signers: Signers,
  signature: Bytes,
  message: Bytes,
): Promise<boolean> {
  for (const keys of "signing" in signers ? [signers] : signers) {
    if (await isOf(keys, signature, message)) return true;
  }
  return false;
}

export async function verify(signers: Signers, signature: Bytes, message: Bytes): Promise<void> {
  if (!(await isSigned(signers, signature, message))) throw damaged();
}

/** One entry of a history. `created` is in whole seconds since 1970. */
export interface KeyEntry {
  user: string;
  sequence: number;
  keys: PublicKeys;
  created: number;
  previous: Bytes;
  signature: Bytes;
  continuity: Bytes;
}

const messageOf = ({ user, sequence, keys, created, previous }: Omit<KeyEntry, "signature" | "continuity">): Bytes =>
  pack("holdfast/vault/v1/keys", uuidBytes(user), sequence, keys.agreement, keys.signing, created, previous);

export const hashOfEntry = (entry: KeyEntry): Promise<Bytes> =>
  digest("holdfast/vault/v1/key-entry", messageOf(entry), entry.signature, entry.continuity);

export async function firstEntry(user: string, keys: PrivateKeys, created: number): Promise<KeyEntry> {
  const entry = { user, sequence: 1, keys: keys.public, created, previous: new Uint8Array(HASH_BYTES) };
  return { ...entry, signature: await sign(keys, messageOf(entry)), continuity: new Uint8Array(0) };
}

/** The entry of new keys: signed by them, and by the keys that they follow. */
export async function nextEntry(
  last: KeyEntry,
  old: PrivateKeys,
  fresh: PrivateKeys,
  created: number,
): Promise<KeyEntry> {
  const entry = {
    user: last.user,
    sequence: last.sequence + 1,
    keys: fresh.public,
    created,
    previous: await hashOfEntry(last),
  };
  const message = messageOf(entry);
  return { ...entry, signature: await sign(fresh, message), continuity: await sign(old, message) };
}

/** The newest entry of a whole history; throws where any entry does not follow. */
export async function verifyHistory(user: string, entries: readonly KeyEntry[]): Promise<KeyEntry> {
  let before: KeyEntry | null = null;
  for (const [index, entry] of entries.entries()) {
    const expected: Bytes = before === null ? new Uint8Array(HASH_BYTES) : await hashOfEntry(before);
    const follows = entry.user === user && entry.sequence === index + 1;
    if (!follows || !same(entry.previous, expected)) throw damaged();
    const message = messageOf(entry);
    await verify(entry.keys, entry.signature, message);
    if (before !== null) await verify(before.keys, entry.continuity, message);
    else if (entry.continuity.length > 0) throw damaged();
    before = entry;
  }
  if (before === null) throw damaged();
  return before;
}

/** Whose signatures count, by a history that was found whole. */
export const signersOf = (entries: readonly KeyEntry[]): PublicKeys[] =>
  entries.map((entry) => entry.keys).reverse();
