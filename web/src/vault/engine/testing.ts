/** What the tests of the published vectors share. */
import { createHash } from "node:crypto";

import type vectors from "../../../../tests/vectors/vault.json";
import { fromBase64Url } from "@/auth/bytes";

import { encrypt } from "./content";
import type { Bytes } from "./encoding";
import { packedHeader, type Reader, type Version } from "./items";
import { keysOf, type PrivateKeys } from "./keys";
import { versionIn, type WireVersion } from "./wire";

export type Case = (typeof vectors.items)[number];
export type Someone = typeof vectors.owner;

export const raw = fromBase64Url;

export const seedsOf = (who: Pick<Someone, "agreement_seed" | "signing_seed">) => ({
  agreement: raw(who.agreement_seed),
  signing: raw(who.signing_seed),
});

export async function person(who: Someone): Promise<[Reader, PrivateKeys]> {
  const keys = await keysOf(seedsOf(who));
  return [{ id: who.id, keys: keys.public }, keys];
}

export function contentOf(given: Case["content"]): Bytes {
  if (typeof given === "string") return raw(given);
  const hash = createHash("shake256", { outputLength: given.length });
  return new Uint8Array(hash.update(given.shake256).digest());
}

/** A case's version; the ciphertext of a long one is made again. */
export async function versionOf(one: Case): Promise<Version> {
  const version = versionIn({ ciphertext: "", ...one.version } as WireVersion);
  if (version.ciphertext.length > 0) return version;
  const { header } = version;
  const ciphertext = await encrypt(raw(one.item_key), contentOf(one.content), packedHeader(header));
  return { ...version, ciphertext };
}

/** RFC 9180's one-time key, which the library otherwise draws. */
export async function oneTime(seed: string): Promise<CryptoKeyPair> {
  const bytes = raw(seed);
  const keys = await keysOf({ agreement: bytes, signing: bytes });
  const publicKey = await crypto.subtle.importKey(
    "raw",
    keys.public.agreement,
    { name: "X25519" },
    true,
    [],
  );
  return { privateKey: keys.agreement, publicKey };
}
