/** The page's side of the key derivation worker. */
import { api } from "@/api/client";
import type { KdfParams } from "@/api/types";

import { toBase64Url } from "./bytes";
import type { KdfAnswer, KdfRequest } from "./kdf";

/** What a new password is stretched with; the same cost the server tells for unknown names. */
export const NEW_PARAMS: KdfParams = {
  algorithm: "argon2id",
  memory_kib: 65_536,
  passes: 3,
  parallelism: 1,
};

export const newSalt = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(16)));

function ask(request: KdfRequest): Promise<KdfAnswer> {
  const worker = new Worker(new URL("../workers/kdf.worker.ts", import.meta.url), {
    type: "module",
    name: "kdf",
  });
  return new Promise<KdfAnswer>((resolve, reject) => {
    worker.addEventListener("message", ({ data }: MessageEvent<KdfAnswer>) => {
      if ("error" in data) reject(new Error(data.error));
      else resolve(data);
    });
    worker.addEventListener("error", (event) => reject(new Error(event.message)));
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}

export async function derive(request: Omit<KdfRequest, "want">): Promise<string> {
  const answer = await ask({ ...request, want: "secret" });
  if (!("secret" in answer)) throw new Error("the worker gave something else");
  return answer.secret;
}

/** The key of the vault's way in by password: usable, and readable by no script. */
export async function deriveVaultKey(request: Omit<KdfRequest, "want">): Promise<CryptoKey> {
  const answer = await ask({ ...request, want: "vault-key" });
  if (!("key" in answer)) throw new Error("the worker gave something else");
  return answer.key;
}

/** The authentication secret of an account: asks its salt, then stretches the password. */
export async function secretFor(login: string, password: string): Promise<string> {
  const { salt, params } = await api.post<{ salt: string; params: KdfParams }>("/auth/kdf", {
    login,
  });
  return derive({ password, salt, params });
}

export interface NewSecret {
  salt: string;
  params: KdfParams;
  secret: string;
}

export async function newSecret(password: string): Promise<NewSecret> {
  const salt = newSalt();
  return { salt, params: NEW_PARAMS, secret: await derive({ password, salt, params: NEW_PARAMS }) };
}
