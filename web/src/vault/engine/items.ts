/** Items: versions of sealed content, signed by their owner, with one grant per reader. */
import { decrypt, encrypt } from "./content";
import { type Bytes, digest, pack, random, same, sha256, uuidBytes } from "./encoding";
import { damaged, VaultError } from "./errors";
import { openKey, sealKey } from "./hpke";
import { isSigned, type PrivateKeys, type PublicKeys, sign, type Signers, verify } from "./keys";

export const SUITE = 1;
const KEY_BYTES = 32;
const HASH_BYTES = 32;

export interface Header {
  suite: number;
  item: string;
  owner: string;
  kind: string;
  schema: number;
  revision: number;
  /** Hashes of the versions this one follows, in byte order. */
  previous: Bytes[];
}

export interface Grant {
  reader: string;
  sealed: Bytes;
  signature: Bytes;
}

export interface Version {
  header: Header;
  ciphertext: Bytes;
  signature: Bytes;
  grants: Grant[];
}

export interface Reader {
  id: string;
  keys: PublicKeys;
}

/** Who opens: an account and its keys, newest first. Older ones stay after a change of keys. */
export interface Self {
  id: string;
  keys: readonly PrivateKeys[];
}

/** The associated data of every chunk. */
export const packedHeader = (header: Header): Bytes =>
  pack(
    "holdfast/vault/v1/item",
    header.suite,
    uuidBytes(header.item),
    uuidBytes(header.owner),
    header.kind,
    header.schema,
    header.revision,
    pack(...header.previous),
  );

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function wellFormed({ suite, revision, previous }: Header): boolean {
  const ordered = previous.every((hash, at) => {
    const next = previous[at + 1];
    return hash.length === HASH_BYTES && (next === undefined || compareBytes(hash, next) < 0);
  });
  return suite === SUITE && revision >= 1 && (revision === 1) === (previous.length === 0) && ordered;
}

const signedOf = async (header: Header, ciphertext: Bytes): Promise<Bytes> =>
  pack("holdfast/vault/v1/version", packedHeader(header), await sha256(ciphertext));

const hashOfSigned = (signed: Bytes): Promise<Bytes> => digest("holdfast/vault/v1/version-hash", signed);

/** What following versions and grants name a version by. */
export const hashOf = async ({ header, ciphertext }: Version): Promise<Bytes> =>
  hashOfSigned(await signedOf(header, ciphertext));

/** What a grant or a wrap says of an item without its ciphertext. */
export type Named = Pick<Header, "suite" | "item" | "owner">;

const grantInfo = (header: Named, hash: Bytes, reader: Reader): Bytes =>
  pack(
    "holdfast/vault/v1/grant",
    header.suite,
    uuidBytes(header.item),
    uuidBytes(header.owner),
    hash,
    uuidBytes(reader.id),
    reader.keys.agreement,
  );

const grantSigned = (info: Bytes, sealed: Bytes): Bytes =>
  pack("holdfast/vault/v1/grant-signed", info, sealed);

async function grantTo(
  header: Header,
  hash: Bytes,
  itemKey: Bytes,
  reader: Reader,
  owner: PrivateKeys,
  oneTime?: CryptoKeyPair,
): Promise<Grant> {
  const info = grantInfo(header, hash, reader);
  const sealed = await sealKey(itemKey, reader.keys, info, oneTime);
  return { reader: reader.id, sealed, signature: await sign(owner, grantSigned(info, sealed)) };
}

interface Seal {
  header: Header;
  content: Bytes;
  owner: PrivateKeys;
  readers?: Reader[];
  /** Given only by the tests of the published vectors. */
  itemKey?: Bytes;
  oneTimeKeys?: CryptoKeyPair[];
}

/** A new version, opened once before it is given back: what does not open again is never sent. */
export async function seal(given: Seal): Promise<Version> {
  const { header, content, owner, readers = [], itemKey = random(KEY_BYTES), oneTimeKeys } = given;
  const ciphertext = await encrypt(itemKey, content, packedHeader(header));
  const signed = await signedOf(header, ciphertext);
  const hash = await hashOfSigned(signed);
  const own: Reader = { id: header.owner, keys: owner.public };
  const grants = await Promise.all(
    [own, ...readers].map((reader, at) =>
      grantTo(header, hash, itemKey, reader, owner, oneTimeKeys?.[at]),
    ),
  );
  const version = { header, ciphertext, signature: await sign(owner, signed), grants };
  if (!same(await open(version, own, owner, owner.public), content)) throw damaged();
  return version;
}

/** Throws unless the owner signed exactly this version; gives its hash. */
export async function verified(version: Version, owner: Signers): Promise<Bytes> {
  if (!wellFormed(version.header)) throw damaged();
  const signed = await signedOf(version.header, version.ciphertext);
  await verify(owner, version.signature, signed);
  return hashOfSigned(signed);
}

/** Whether the owner signed that this reader, by these keys of theirs, reads this version. */
export const isGranted = (
  of: Named,
  hash: Bytes,
  reader: Reader,
  { sealed, signature }: Grant,
  owner: Signers,
): Promise<boolean> => isSigned(owner, signature, grantSigned(grantInfo(of, hash, reader), sealed));

/** The version's key by a direct grant: that of the reader's keys to which it was given. */
export async function itemKeyOf(version: Version, me: Self, owner: Signers): Promise<Bytes> {
  const hash = await verified(version, owner);
  const given = version.grants.find((each) => each.reader === me.id);
  if (given === undefined) throw new VaultError("item-not-granted");
  for (const keys of me.keys) {
    const info = grantInfo(version.header, hash, { id: me.id, keys: keys.public });
    const mine = await isSigned(owner, given.signature, grantSigned(info, given.sealed));
    if (mine) return openKey(given.sealed, keys, info);
  }
  throw damaged();
}

/** The content, by a key that a grant or a folder gave. */
export async function openWithKey(
  version: Version,
  itemKey: Bytes,
  owner: Signers,
): Promise<Bytes> {
  await verified(version, owner);
  if (itemKey.length !== KEY_BYTES) throw damaged();
  return decrypt(itemKey, version.ciphertext, packedHeader(version.header));
}

/** The content, for a reader to whom the version is granted; never anything but what was sealed. */
export async function open(
  version: Version,
  reader: Reader,
  keys: PrivateKeys,
  owner: Signers,
): Promise<Bytes> {
  const itemKey = await itemKeyOf(version, { id: reader.id, keys: [keys] }, owner);
  return decrypt(itemKey, version.ciphertext, packedHeader(version.header));
}

/** The content of a version of one's own, whichever of one's keys it was sealed and signed with. */
export async function openOwn(version: Version, me: Self, signers: Signers): Promise<Bytes> {
  const itemKey = await itemKeyOf(version, me, signers);
  return decrypt(itemKey, version.ciphertext, packedHeader(version.header));
}

/** A version signed by its owner's newest key and granted to them under it; as it is where it was. */
export async function signAnew(version: Version, me: Self, signers: Signers): Promise<Version> {
  const [newest] = me.keys;
  if (newest === undefined) throw new VaultError("vault-locked");
  const own: Reader = { id: me.id, keys: newest.public };
  const signed = await signedOf(version.header, version.ciphertext);
  if (await isSigned(newest.public, version.signature, signed)) return version;
  const grants = await regrant(version, me, signers, [own]);
  const fresh = { ...version, signature: await sign(newest, signed), grants };
  await open(fresh, own, newest, newest.public);
  return fresh;
}

/** Gives one reader the key of one version. */
export const grant = async (
  version: Version,
  itemKey: Bytes,
  reader: Reader,
  owner: PrivateKeys,
): Promise<Grant> => grantTo(version.header, await hashOf(version), itemKey, reader, owner);

/** Grants of a version that exists, to more readers; `me` is its owner and opens it first. */
export async function regrant(
  version: Version,
  me: Self,
  signers: Signers,
  readers: readonly Reader[],
): Promise<Grant[]> {
  const [newest] = me.keys;
  if (newest === undefined) throw new VaultError("vault-locked");
  const itemKey = await itemKeyOf(version, me, signers);
  await openWithKey(version, itemKey, signers);
  return Promise.all(readers.map((reader) => grant(version, itemKey, reader, newest)));
}
