/** The page's side of the key derivation worker. */
import { api } from "@/api/client";
import type { Config, KdfParams } from "@/api/types";
import { isEnough } from "@/vault/engine/wraps";

import { toBase64Url } from "./bytes";
import type { KdfAnswer, KdfRequest } from "./kdf";

/** The least that a password is stretched with. */
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

/** Whether one cost is lower than another, and in no respect higher. */
export function isBelow(one: KdfParams, other: KdfParams): boolean {
  const pairs = [
    [one.memory_kib, other.memory_kib],
    [one.passes, other.passes],
    [one.parallelism, other.parallelism],
  ] as const;
  return pairs.every(([ours, theirs]) => ours <= theirs) && pairs.some(([ours, theirs]) => ours < theirs);
}

/** What a new password costs here: what the server asks for, and never less than the least. */
export async function wantedParams(): Promise<KdfParams> {
  const { kdf } = await api.get<Config>("/config");
  return isEnough(kdf) ? kdf : NEW_PARAMS;
}

export interface Derived {
  secret: string;
  params: KdfParams;
}

/** The authentication secret of an account, and the cost that its owner last chose it at. */
export async function derivedFor(login: string, password: string): Promise<Derived> {
  const { salt, params } = await api.post<{ salt: string; params: KdfParams }>("/auth/kdf", {
    login,
  });
  return { secret: await derive({ password, salt, params }), params };
}

/** The authentication secret of an account: asks its salt, then stretches the password. */
export const secretFor = async (login: string, password: string): Promise<string> =>
  (await derivedFor(login, password)).secret;

export interface NewSecret {
  salt: string;
  params: KdfParams;
  secret: string;
}

export async function newSecret(password: string): Promise<NewSecret> {
  const [salt, params] = [newSalt(), await wantedParams()];
  return { salt, params, secret: await derive({ password, salt, params }) };
}
