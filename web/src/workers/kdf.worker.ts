/** Argon2id in a worker of its own: only this file is served with leave to compile WebAssembly. */
import { deriveAuthSecret, deriveVaultKey, type KdfAnswer, type KdfRequest } from "@/auth/kdf";

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = async (event: MessageEvent<KdfRequest>): Promise<void> => {
  const { password, salt, params, want = "secret" } = event.data;
  let answer: KdfAnswer;
  try {
    answer =
      want === "secret"
        ? { secret: await deriveAuthSecret(password, salt, params) }
        : { key: await deriveVaultKey(password, salt, params) };
  } catch (error) {
    answer = { error: error instanceof Error ? error.message : "derivation failed" };
  }
  self.postMessage(answer);
};
