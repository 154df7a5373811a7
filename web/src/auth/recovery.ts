/**
 * The recovery code: 160 random bits, made on this device and shown once.
 *
 * Written in Crockford's base 32 (no I, L, O, U), in eight groups of four. The server keeps a hash of
 * a secret derived from it, never the code.
 */
import { hkdf } from "./bytes";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BYTES = 20;
const GROUP = 4;

export const RECOVERY_INFO = "holdfast/v1/recovery-auth";

export function encodeRecovery(bytes: Uint8Array): string {
  let bits = 0;
  let value = 0;
  let out = "";
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += ALPHABET[(value >>> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  return out.match(new RegExp(`.{1,${GROUP}}`, "g"))?.join("-") ?? "";
}

/** Reads a code as people write it: any case, any dashes, O for 0, I or L for 1. Null if it is none. */
export function decodeRecovery(text: string): Uint8Array<ArrayBuffer> | null {
  const plain = text
    .toUpperCase()
    .replaceAll(/[\s\-–—.]/g, "")
    .replaceAll("O", "0")
    .replaceAll(/[IL]/g, "1");
  if (plain.length !== (BYTES * 8) / 5) return null;
  const bytes = new Uint8Array(BYTES);
  let bits = 0;
  let value = 0;
  let at = 0;
  for (const letter of plain) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0) return null;
    value = (value << 5) | digit;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = (value >>> bits) & 255;
      at += 1;
      value &= (1 << bits) - 1;
    }
  }
  return bytes;
}

export const newRecoveryCode = (): string =>
  encodeRecovery(crypto.getRandomValues(new Uint8Array(BYTES)));

/** The last group, which a person types to show that they have the code. */
export const lastGroup = (code: string): string => code.split("-").at(-1) ?? "";

/** What the server gets. Null where the text is not a recovery code. */
export async function recoverySecret(code: string): Promise<string | null> {
  const bytes = decodeRecovery(code);
  return bytes === null ? null : hkdf(bytes, RECOVERY_INFO);
}
