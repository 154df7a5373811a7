/**
 * The authentication secret: what the server gets in the place of the password.
 *
 * Argon2id (RFC 9106) of the password gives a master secret that never leaves this worker; HKDF with
 * a label of its own gives the part that logs in. The vault will derive its keys from the same master
 * under other labels, so knowing the authentication secret opens nothing.
 */
import { argon2id } from "hash-wasm";

import type { KdfParams } from "@/api/types";
import { isEnough, keyOf, PASSWORD_INFO } from "@/vault/engine/wraps";

import { fromBase64Url, hkdf } from "./bytes";

/**
 * What the page asks of the worker, and what it gets: the secret that logs in, or the key of the
 * vault's way in by password, which no script can read.
 */
export interface KdfRequest {
  password: string;
  salt: string;
  params: KdfParams;
  want?: "secret" | "vault-key";
}

export type KdfAnswer = { secret: string } | { key: CryptoKey } | { error: string };

export const AUTH_INFO = "holdfast/v1/auth";

type Cost = Omit<KdfParams, "algorithm">;

/** Argon2id of the password as typed: 32 bytes. */
export async function argonKey(
  password: string,
  salt: Uint8Array,
  cost: Cost,
): Promise<Uint8Array<ArrayBuffer>> {
  const master = await argon2id({
    // NFKC: the same password typed on two keyboards is the same bytes.
    password: new TextEncoder().encode(password.normalize("NFKC")),
    salt,
    memorySize: cost.memory_kib,
    iterations: cost.passes,
    parallelism: cost.parallelism,
    hashLength: 32,
    outputType: "binary",
  });
  return new Uint8Array(master);
}

/** Takes the password as typed and the salt as base64url; gives 32 bytes as base64url. */
export async function deriveAuthSecret(
  password: string,
  salt: string,
  params: KdfParams,
): Promise<string> {
  // A secret that could be guessed at fast would tell the password, and with it open the vault: the
  // least is the same for both.
  if (!isEnough(params)) throw new Error("the server asked for a weaker derivation than we accept");
  return hkdf(await argonKey(password, fromBase64Url(salt), params), AUTH_INFO);
}

/** The key that a password's wrap of the vault is sealed with. */
export async function deriveVaultKey(
  password: string,
  salt: string,
  params: KdfParams,
): Promise<CryptoKey> {
  if (!isEnough(params)) throw new Error("the server asked for a weaker derivation than we accept");
  const master = await argonKey(password, fromBase64Url(salt), params);
  return keyOf(master, new Uint8Array(0), PASSWORD_INFO);
}
