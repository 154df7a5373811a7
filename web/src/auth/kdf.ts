/**
 * The authentication secret: what the server gets in the place of the password.
 *
 * Argon2id (RFC 9106) of the password gives a master secret that never leaves this worker; HKDF with
 * a label of its own gives the part that logs in. The vault will derive its keys from the same master
 * under other labels, so knowing the authentication secret opens nothing.
 */
import { argon2id } from "hash-wasm";

import type { KdfParams } from "@/api/types";

import { fromBase64Url, hkdf } from "./bytes";

/** What the page asks of the worker, and what it gets. */
export interface KdfRequest {
  password: string;
  salt: string;
  params: KdfParams;
}

export type KdfAnswer = { secret: string } | { error: string };

export const AUTH_INFO = "holdfast/v1/auth";


/**
 * Costs below these are refused: a server that asked for less would make the password guessable
 * (OWASP Password Storage Cheat Sheet: at least 19 MiB with two passes).
 */
const LEAST_MEMORY_KIB = 19_456;
const LEAST_PASSES = 2;

/** Takes the password as typed and the salt as base64url; gives 32 bytes as base64url. */
export async function deriveAuthSecret(
  password: string,
  salt: string,
  params: KdfParams,
): Promise<string> {
  if (params.memory_kib < LEAST_MEMORY_KIB || params.passes < LEAST_PASSES) {
    throw new Error("the server asked for a weaker derivation than we accept");
  }
  const master = await argon2id({
    // NFKC: the same password typed on two keyboards is the same bytes.
    password: new TextEncoder().encode(password.normalize("NFKC")),
    salt: fromBase64Url(salt),
    memorySize: params.memory_kib,
    iterations: params.passes,
    parallelism: params.parallelism,
    hashLength: 32,
    outputType: "binary",
  });
  return hkdf(new Uint8Array(master), AUTH_INFO);
}
