/**
 * Standing shares: a folder's key for its readers, and under it one wrap per item version. The key is
 * drawn anew for each epoch; an epoch ends when a reader is taken out.
 */
import { type Bytes, concat, pack, random, uuidBytes } from "./encoding";
import { damaged, VaultError } from "./errors";
import { openKey, sealKey } from "./hpke";
import { hashOf, itemKeyOf, type Named, openWithKey, type Reader, type Self, SUITE, type Version, verified } from "./items";
import { isSigned, type PrivateKeys, sign, type Signers, verify } from "./keys";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const WRAP_BYTES = 60;

/** What the keys of a folder are bound to, beside their epoch. */
export interface Folder {
  id: string;
  owner: string;
  kind: string;
}

/** The key of one epoch (counted from 1), sealed to one reader; the owner is one, too. */
export interface FolderKey {
  epoch: number;
  reader: string;
  sealed: Bytes;
  signature: Bytes;
}

/** One version's key under the folder's key of one epoch. */
export interface FolderWrap {
  folder: string;
  epoch: number;
  sealed: Bytes;
  signature: Bytes;
}

/** A folder with its keys by epoch, as a reader holds them in memory. */
export interface OpenedFolder {
  folder: Folder;
  keys: ReadonlyMap<number, Bytes>;
}

export const newFolderKey = (): Bytes => random(KEY_BYTES);

const keyInfo = (folder: Folder, epoch: number, reader: Reader): Bytes =>
  pack(
    "holdfast/vault/v1/folder-key",
    SUITE,
    uuidBytes(folder.id),
    uuidBytes(folder.owner),
    folder.kind,
    epoch,
    uuidBytes(reader.id),
    reader.keys.agreement,
  );

const keySigned = (info: Bytes, sealed: Bytes): Bytes =>
  pack("holdfast/vault/v1/folder-key-signed", info, sealed);

/** Gives one reader the folder's key of one epoch. */
export async function sealFolderKey(
  folder: Folder,
  epoch: number,
  key: Bytes,
  reader: Reader,
  owner: PrivateKeys,
  oneTime?: CryptoKeyPair,
): Promise<FolderKey> {
  const info = keyInfo(folder, epoch, reader);
  const sealed = await sealKey(key, reader.keys, info, oneTime);
  return { epoch, reader: reader.id, sealed, signature: await sign(owner, keySigned(info, sealed)) };
}

/** Whether the owner signed that this reader, by these keys of theirs, holds the folder's key. */
export const isFolderReader = (
  folder: Folder,
  { epoch, sealed, signature }: FolderKey,
  reader: Reader,
  owner: Signers,
): Promise<boolean> => isSigned(owner, signature, keySigned(keyInfo(folder, epoch, reader), sealed));

/** The folder's key of one epoch, for the reader to whom it was given. */
export async function openFolderKey(
  folder: Folder,
  given: FolderKey,
  me: Self,
  owner: Signers,
): Promise<Bytes> {
  if (given.reader !== me.id || !(given.epoch >= 1)) throw damaged();
  for (const keys of me.keys) {
    const info = keyInfo(folder, given.epoch, { id: me.id, keys: keys.public });
    const mine = await isSigned(owner, given.signature, keySigned(info, given.sealed));
    if (mine) return openKey(given.sealed, keys, info);
  }
  throw damaged();
}

/** All keys of a folder that are this reader's. */
export async function openFolder(
  folder: Folder,
  given: readonly FolderKey[],
  me: Self,
  owner: Signers,
): Promise<OpenedFolder> {
  const keys = new Map<number, Bytes>();
  for (const one of given) keys.set(one.epoch, await openFolderKey(folder, one, me, owner));
  return { folder, keys };
}

const wrapAssociated = (of: Named, hash: Bytes, folder: string, epoch: number): Bytes =>
  pack(
    "holdfast/vault/v1/folder-wrap",
    of.suite,
    uuidBytes(folder),
    epoch,
    uuidBytes(of.item),
    uuidBytes(of.owner),
    hash,
  );

const wrapSigned = (associated: Bytes, sealed: Bytes): Bytes =>
  pack("holdfast/vault/v1/folder-wrap-signed", associated, sealed);

const importKey = (key: Bytes, usage: "encrypt" | "decrypt"): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", key, "AES-GCM", false, [usage]);

const belongs = ({ header }: Version, { owner, kind }: Folder): boolean =>
  header.owner === owner && header.kind === kind;

/** A version's key for all readers of a folder. */
export async function wrapItemKey(
  version: Version,
  itemKey: Bytes,
  folder: Folder,
  epoch: number,
  folderKey: Bytes,
  owner: PrivateKeys,
  nonce: Bytes = random(NONCE_BYTES),
): Promise<FolderWrap> {
  if (!belongs(version, folder)) throw new TypeError("an item of another owner or kind");
  const associated = wrapAssociated(version.header, await hashOf(version), folder.id, epoch);
  const ciphertext = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: associated },
    await importKey(folderKey, "encrypt"),
    itemKey,
  );
  const sealed = concat([nonce, new Uint8Array(ciphertext)]);
  const signature = await sign(owner, wrapSigned(associated, sealed));
  return { folder: folder.id, epoch, sealed, signature };
}

/** Whether the owner signed that the readers of a folder read this version. */
export const isWrapped = (
  of: Named,
  hash: Bytes,
  { folder, epoch, sealed, signature }: FolderWrap,
  owner: Signers,
): Promise<boolean> =>
  isSigned(owner, signature, wrapSigned(wrapAssociated(of, hash, folder, epoch), sealed));

/** A version's key by a folder's keys; "item-not-granted" where there is none of the wrap's epoch. */
export async function unwrapItemKey(
  version: Version,
  wrap: FolderWrap,
  { folder, keys }: OpenedFolder,
  owner: Signers,
): Promise<Bytes> {
  const hash = await verified(version, owner);
  const fits = belongs(version, folder) && wrap.folder === folder.id && wrap.epoch >= 1;
  if (!fits || wrap.sealed.length !== WRAP_BYTES) throw damaged();
  const associated = wrapAssociated(version.header, hash, folder.id, wrap.epoch);
  await verify(owner, wrap.signature, wrapSigned(associated, wrap.sealed));
  const key = keys.get(wrap.epoch);
  if (key === undefined) throw new VaultError("item-not-granted");
  const opened = await crypto.subtle
    .decrypt(
      { name: "AES-GCM", iv: wrap.sealed.slice(0, NONCE_BYTES), additionalData: associated },
      await importKey(key, "decrypt"),
      wrap.sealed.slice(NONCE_BYTES),
    )
    .catch(() => {
      throw damaged();
    });
  return new Uint8Array(opened);
}

interface Shared {
  version: Version;
  wraps: readonly FolderWrap[];
  folders: readonly OpenedFolder[];
  me: Self;
  owner: Signers;
}

const notGranted = (error: unknown): null => {
  if (error instanceof VaultError && error.code === "item-not-granted") return null;
  throw error;
};

/** The key of a version for a reader: by a grant to them, or else by one of their folders. */
export async function sharedKeyOf({ version, wraps, folders, me, owner }: Shared): Promise<Bytes> {
  const direct = await itemKeyOf(version, me, owner).catch(notGranted);
  if (direct !== null) return direct;
  for (const wrap of wraps) {
    const opened = folders.find(({ folder }) => folder.id === wrap.folder);
    if (opened === undefined) throw damaged();
    const key = await unwrapItemKey(version, wrap, opened, owner).catch(notGranted);
    if (key !== null) return key;
  }
  throw new VaultError("item-not-granted");
}

/** The content of something shared; never anything but what its owner sealed. */
export const openShared = async (shared: Shared): Promise<Bytes> =>
  openWithKey(shared.version, await sharedKeyOf(shared), shared.owner);
