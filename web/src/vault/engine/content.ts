/** An item's content under its own key: padded to a size class, then in chunks (STREAM). */
import { type Bytes, concat } from "./encoding";
import { damaged } from "./errors";

export const CHUNK_BYTES = 65_536;
const TAG_BYTES = 16;
const SMALLEST_CLASS = 512;
const LENGTH_BYTES = 8;

/** The padded size of content of `length` bytes, its own length included. */
export function sizeClass(length: number): number {
  const needed = length + LENGTH_BYTES;
  if (needed > CHUNK_BYTES) return Math.ceil(needed / CHUNK_BYTES) * CHUNK_BYTES;
  let size = SMALLEST_CLASS;
  while (size < needed) size *= 2;
  return size;
}

export function pad(content: Bytes): Bytes {
  const padded = new Uint8Array(sizeClass(content.length));
  new DataView(padded.buffer).setBigUint64(0, BigInt(content.length));
  padded.set(content, LENGTH_BYTES);
  return padded;
}

function unpad(padded: Bytes): Bytes {
  if (padded.length < SMALLEST_CLASS) throw damaged();
  const length = new DataView(padded.buffer, padded.byteOffset).getBigUint64(0);
  if (length > BigInt(padded.length) || sizeClass(Number(length)) !== padded.length) throw damaged();
  const end = LENGTH_BYTES + Number(length);
  if (padded.subarray(end).some((byte) => byte !== 0)) throw damaged();
  return padded.slice(LENGTH_BYTES, end);
}

function nonce(index: number, last: boolean): Bytes {
  const bytes = new Uint8Array(12);
  new DataView(bytes.buffer).setUint32(7, index);
  bytes[11] = last ? 1 : 0;
  return bytes;
}

function pieces(whole: Bytes, step: number): Bytes[] {
  const found: Bytes[] = [];
  for (let at = 0; at < whole.length; at += step) found.push(whole.slice(at, at + step));
  return found;
}

type Transform = "encrypt" | "decrypt";

async function each(
  how: Transform,
  key: CryptoKey,
  parts: readonly Bytes[],
  associated: Bytes,
): Promise<Bytes> {
  const done = parts.map((part, index) =>
    crypto.subtle[how](
      { name: "AES-GCM", iv: nonce(index, index === parts.length - 1), additionalData: associated },
      key,
      part,
    ),
  );
  return concat((await Promise.all(done)).map((part) => new Uint8Array(part)));
}

const importKey = (key: Bytes, usage: Transform): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", key, "AES-GCM", false, [usage]);

/** `key` must be fresh: never encrypt twice with the same. */
export async function encrypt(key: Bytes, content: Bytes, associated: Bytes): Promise<Bytes> {
  const parts = pieces(pad(content), CHUNK_BYTES);
  return each("encrypt", await importKey(key, "encrypt"), parts, associated);
}

/** The content; throws for any changed, missing, moved or added chunk. */
export async function decrypt(key: Bytes, ciphertext: Bytes, associated: Bytes): Promise<Bytes> {
  const parts = pieces(ciphertext, CHUNK_BYTES + TAG_BYTES);
  if (parts.length === 0) throw damaged();
  const padded = await each("decrypt", await importKey(key, "decrypt"), parts, associated).catch(
    () => {
      throw damaged();
    },
  );
  return unpad(padded);
}
