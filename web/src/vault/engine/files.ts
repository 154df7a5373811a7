/** Sealed files (vault-format.md): pictures, later recordings; the key stands in an item's content. */
import { decrypt, encrypt } from "./content";
import { type Bytes, pack, random, same, sha256, uuidBytes } from "./encoding";
import { damaged } from "./errors";

const SUITE = 1;
const KEY_BYTES = 32;

export interface SealedFile {
  key: Bytes;
  ciphertext: Bytes;
  /** Of the ciphertext. */
  sha256: Bytes;
}

/** The associated data of every chunk. */
const packedFile = (file: string, owner: string): Bytes =>
  pack("holdfast/vault/v1/file", SUITE, uuidBytes(file), uuidBytes(owner));

/** Seals under a fresh key, and opens the result once; `key` is given by the published vectors only. */
export async function sealFile(
  file: string,
  owner: string,
  content: Bytes,
  key: Bytes = random(KEY_BYTES),
): Promise<SealedFile> {
  const associated = packedFile(file, owner);
  const ciphertext = await encrypt(key, content, associated);
  if (!same(await decrypt(key, ciphertext, associated), content)) throw damaged();
  return { key, ciphertext, sha256: await sha256(ciphertext) };
}

/** The content; throws for anything that is not exactly what was sealed. */
export async function openFile(
  file: string,
  owner: string,
  sealed: SealedFile,
): Promise<Bytes> {
  if (!same(await sha256(sealed.ciphertext), sealed.sha256)) throw damaged();
  return decrypt(sealed.key, sealed.ciphertext, packedFile(file, owner));
}
