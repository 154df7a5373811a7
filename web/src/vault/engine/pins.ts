/** What a device remembers of somebody's keys, and the words that two people compare. */
import words from "@/generated/words-en.json";

import { type Bytes, digest, same, sha256, uuidBytes } from "./encoding";
import { VaultError } from "./errors";
import { hashOfEntry, type KeyEntry, verifyHistory } from "./keys";

const WORD_BITS = 11n;
const WORDS = 12;
const ENTROPY_BYTES = 16;

/** The newest entry of somebody's key history that was seen. */
export interface Pin {
  user: string;
  sequence: number;
  hash: Bytes;
}

/**
 * The pin to remember from now on; null before is first use. Throws "keys-changed-unexpectedly" where
 * the history does not go on from what was seen: then nothing is sealed to these keys.
 */
export async function checkPin(
  pin: Pin | null,
  user: string,
  entries: readonly KeyEntry[],
): Promise<Pin> {
  const newest = await verifyHistory(user, entries);
  if (pin !== null) {
    const then = entries[pin.sequence - 1];
    const goesOn = pin.user === user && then !== undefined;
    if (!goesOn || !same(await hashOfEntry(then), pin.hash)) {
      throw new VaultError("keys-changed-unexpectedly");
    }
  }
  return { user, sequence: newest.sequence, hash: await hashOfEntry(newest) };
}

/** Twelve words (BIP-39, English) that are the same on both screens as long as the keys are. */
export async function comparisonWords(one: Pin, other: Pin): Promise<string[]> {
  const [first, second] = one.user < other.user ? [one, other] : [other, one];
  const label = "holdfast/vault/v1/words";
  return wordsOf(await digest(label, uuidBytes(first.user), first.hash, uuidBytes(second.user), second.hash));
}

/** The twelve words of a hash's first 128 bits. */
export async function wordsOf(hash: Bytes): Promise<string[]> {
  const entropy = hash.slice(0, ENTROPY_BYTES);
  const check = ((await sha256(entropy))[0] ?? 0) >> 4;
  let number = BigInt(check);
  entropy.forEach((byte, at) => {
    number |= BigInt(byte) << BigInt(4 + 8 * (ENTROPY_BYTES - 1 - at));
  });
  return Array.from({ length: WORDS }, (_, at) => {
    const shift = WORD_BITS * BigInt(WORDS - 1 - at);
    return words[Number((number >> shift) & 0x7ffn)] ?? "";
  });
}
