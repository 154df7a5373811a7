/**
 * What the vault's worker does for calls: it signs which certificate is this device's in this very
 * attempt to connect, and checks what the other side signed against the keys that are known here.
 */
import { fromBase64Url, toBase64Url } from "@/auth/bytes";

import { type Bytes, digest, pack, uuidBytes } from "./engine/encoding";
import { VaultError } from "./engine/errors";
import { sign, verify } from "./engine/keys";
import { wordsOf } from "./engine/pins";
import { entryIn, type WireEntry } from "./engine/wire";
import { holder } from "./keyring";
import { about, sharingDb } from "./sharing/device";
import { pinned } from "./sharing/pins";

/**
 * One side's description of a connection. `nonce` is the sender's and `other` the receiver's, each
 * made for one attempt: what was signed for another attempt, visit, role or reader is of no use.
 */
export interface CallStatement {
  visit: string;
  from: string;
  to: string;
  role: "client" | "clinician";
  kind: "offer" | "answer";
  nonce: string;
  other: string;
  /** Of the DTLS certificates: SHA-256, in upper-case hexadecimal with colons, ascending. */
  fingerprints: string[];
}

export const statementBytes = (said: CallStatement): Bytes =>
  pack(
    "holdfast/visit/v1/description",
    uuidBytes(said.visit),
    uuidBytes(said.from),
    uuidBytes(said.to),
    said.role,
    said.kind,
    fromBase64Url(said.nonce),
    fromBase64Url(said.other),
    pack(...said.fingerprints),
  );

/** Twelve words of both sides' certificates: the same on both screens unless somebody is between. */
export async function callWords(visit: string, one: readonly string[], other: readonly string[]): Promise<string[]> {
  const [first, second] = [one.join(" "), other.join(" ")].toSorted();
  return wordsOf(await digest("holdfast/visit/v1/words", uuidBytes(visit), first ?? "", second ?? ""));
}

export const calling = {
  /** Whether this device has ever seen keys of somebody's. */
  async knowsKeys(user: string, other: string): Promise<boolean> {
    const pin = await (await sharingDb()).get("pins", await about("pin", user, other));
    return pin !== undefined;
  },

  async signCall(user: string, said: CallStatement): Promise<string> {
    const [keys] = (await holder(user)).keys;
    if (keys === undefined || said.from !== user) throw new VaultError("vault-locked");
    return toBase64Url(await sign(keys, statementBytes(said)));
  },

  /**
   * Whether the words that go with the other's keys were compared. Throws `item-damaged` where the
   * signature is not theirs, `keys-changed-unexpectedly` where their keys are not those known here.
   */
  async checkCall(user: string, keys: WireEntry[], said: CallStatement, signature: string): Promise<boolean> {
    const history = keys.map((entry) => entryIn(said.from, entry));
    const known = await pinned(user, said.from, history);
    await verify(known.keys, fromBase64Url(signature), statementBytes(said));
    return known.compared;
  },
};

export type Calling = typeof calling;
