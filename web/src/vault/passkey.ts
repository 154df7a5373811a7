/**
 * A passkey's PRF (WebAuthn level 3, section 10.1.4), as the page asks for it: workers have no
 * passkeys. What it gives is for the vault's worker and is posted nowhere.
 */
import { fromBase64Url, toBase64Url } from "@/auth/bytes";

import { type Bytes, random } from "./engine/encoding";
import { VaultError } from "./engine/errors";
import { PRF_INPUT, prfMaterial } from "./engine/wraps";

const CHALLENGE_BYTES = 32;

export interface Evaluated {
  credential: Bytes;
  prf: CryptoKey;
}

interface Results {
  prf?: { results?: { first?: ArrayBuffer | ArrayBufferView<ArrayBuffer> } };
}

function bytesOf(output: ArrayBuffer | ArrayBufferView<ArrayBuffer>): Bytes {
  if (output instanceof ArrayBuffer) return new Uint8Array(output);
  return new Uint8Array(output.buffer, output.byteOffset, output.byteLength);
}

/**
 * Asks one of these passkeys (base64url) for its key. Always with user verification: an authenticator
 * gives another key without it.
 */
export async function evaluate(credentials: readonly string[]): Promise<Evaluated> {
  const { startAuthentication } = await import("@simplewebauthn/browser");
  const extensions = { prf: { eval: { first: new TextEncoder().encode(PRF_INPUT) } } };
  const answer = await startAuthentication({
    optionsJSON: {
      // Nobody checks the signature: it is the PRF that counts.
      challenge: toBase64Url(random(CHALLENGE_BYTES)),
      allowCredentials: credentials.map((id) => ({ id, type: "public-key" as const })),
      userVerification: "required",
      extensions: extensions as AuthenticationExtensionsClientInputs,
    },
  }).catch((error: unknown) => {
    if (error instanceof Error && ["NotAllowedError", "AbortError"].includes(error.name)) {
      throw new VaultError("passkey-not-used");
    }
    throw error;
  });
  const output = (answer.clientExtensionResults as Results).prf?.results?.first;
  if (output === undefined) throw new VaultError("passkey-without-key");
  return { credential: fromBase64Url(answer.id), prf: await prfMaterial(bytesOf(output)) };
}
