/** Items: versions of sealed content, signed by their owner, with one grant per reader. */
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";

import { decrypt, encrypt } from "./content";
import { type Bytes, concat, digest, pack, random, same, sha256, uuidBytes } from "./encoding";
import { damaged, VaultError } from "./errors";
import { type PrivateKeys, type PublicKeys, sign, verify } from "./keys";

export const SUITE = 1;
const KEY_BYTES = 32;
const HASH_BYTES = 32;
const SEALED_KEY_BYTES = 80;

const hpke = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

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

const grantInfo = (header: Header, hash: Bytes, reader: Reader): Bytes =>
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

const importPublic = (key: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", key, { name: "X25519" }, true, []);

async function grantTo(
  header: Header,
  hash: Bytes,
  itemKey: Bytes,
  reader: Reader,
  owner: PrivateKeys,
  oneTime?: CryptoKeyPair,
): Promise<Grant> {
  const info = grantInfo(header, hash, reader);
  const sender = await hpke.createSenderContext({
    recipientPublicKey: await importPublic(reader.keys.agreement),
    info,
    ...(oneTime === undefined ? {} : { ekm: oneTime }),
  });
  const sealed = concat([new Uint8Array(sender.enc), new Uint8Array(await sender.seal(itemKey))]);
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
export async function verified(version: Version, owner: PublicKeys): Promise<Bytes> {
  if (!wellFormed(version.header)) throw damaged();
  const signed = await signedOf(version.header, version.ciphertext);
  await verify(owner, version.signature, signed);
  return hashOfSigned(signed);
}

/** The content, for a reader to whom the version is granted; never anything but what was sealed. */
export async function open(
  version: Version,
  reader: Reader,
  keys: PrivateKeys,
  owner: PublicKeys,
): Promise<Bytes> {
  const hash = await verified(version, owner);
  const given = version.grants.find((each) => each.reader === reader.id);
  if (given === undefined) throw new VaultError("item-not-granted");
  const info = grantInfo(version.header, hash, reader);
  await verify(owner, given.signature, grantSigned(info, given.sealed));
  if (given.sealed.length !== SEALED_KEY_BYTES) throw damaged();
  const itemKey = await openKey(given.sealed, info, reader, keys);
  return decrypt(itemKey, version.ciphertext, packedHeader(version.header));
}

async function openKey(
  sealed: Bytes,
  info: Bytes,
  reader: Reader,
  keys: PrivateKeys,
): Promise<Bytes> {
  try {
    const recipient = await hpke.createRecipientContext({
      recipientKey: {
        privateKey: keys.agreement,
        publicKey: await importPublic(reader.keys.agreement),
      },
      enc: sealed.slice(0, KEY_BYTES),
      info,
    });
    return new Uint8Array(await recipient.open(sealed.slice(KEY_BYTES)));
  } catch {
    throw damaged();
  }
}
