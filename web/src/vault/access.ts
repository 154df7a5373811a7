/** Setting up, opening and re-wrapping: what goes between the screens, the worker and the server. */
import { api } from "@/api/client";
import { ApiError } from "@/api/problems";
import type { KdfParams, Schemas } from "@/api/types";
import { fromBase64Url } from "@/auth/bytes";
import { deriveVaultKey, newSalt, secretFor } from "@/auth/derive";
import { decodeRecovery, recoverySecret } from "@/auth/recovery";

import { VaultError } from "./engine/errors";
import type { WireWrap } from "./engine/wire";
import { type Cost, DEFAULT_COST } from "./engine/wraps";
import type { Secret } from "./keyring";
import { vaultWorker } from "./worker";

export type Vault = Schemas["VaultOut"];

const paramsOf = (cost: Cost): KdfParams => ({ algorithm: "argon2id", ...cost });

export const fetchVault = (): Promise<Vault> => api.get<Vault>("/me/vault");

export const exists = (vault: Vault): boolean => vault.keys.length > 0;

export const wayIn = (vault: Vault, kind: WireWrap["kind"]): WireWrap | undefined =>
  vault.wraps.find((wrap) => wrap.kind === kind);

async function passwordFor(wrap: WireWrap, password: string): Promise<Secret> {
  const cost = {
    memory_kib: wrap.memory_kib,
    passes: wrap.passes,
    parallelism: wrap.parallelism,
  };
  const key = await deriveVaultKey({ password, salt: wrap.salt, params: paramsOf(cost) });
  return { kind: "password", key, salt: fromBase64Url(wrap.salt), cost };
}

async function newPassword(password: string): Promise<Secret> {
  const salt = newSalt();
  const key = await deriveVaultKey({ password, salt, params: paramsOf(DEFAULT_COST) });
  return { kind: "password", key, salt: fromBase64Url(salt), cost: DEFAULT_COST };
}

function recoveryFor(code: string): Secret {
  const bytes = decodeRecovery(code);
  if (bytes === null) throw new VaultError("wrap-not-opened");
  return { kind: "recovery", code: bytes };
}

interface Person {
  id: string;
  login: string;
}

/** Begins the vault. The code is the one that the account has; the server says if it is not. */
export async function setUp(me: Person, password: string, code: string): Promise<void> {
  const recovery = recoveryFor(code);
  const secret = await secretFor(me.login, password);
  const made = await vaultWorker.ask(
    "begin",
    me.id,
    [await newPassword(password), recovery],
    Math.floor(Date.now() / 1000),
  );
  try {
    await api.post("/me/vault", {
      current_auth_secret: secret,
      recovery_secret: await recoverySecret(code),
      ...made,
    });
  } catch (error) {
    if (error instanceof ApiError && error.code === "recovery-refused") {
      throw new ApiError(403, "wrong-recovery-code", "");
    }
    throw error;
  }
  await vaultWorker.ask("confirm", me.id);
}

/** Opens the vault on this device with the password. */
export async function unlockByPassword(me: Person, vault: Vault, password: string): Promise<void> {
  const wrap = wayIn(vault, "password");
  if (wrap === undefined) throw new VaultError("wrap-not-opened");
  const secret = await passwordFor(wrap, password);
  await vaultWorker.ask("unlock", me.id, wrap, secret, vault.keys);
}

/** Opens it with the recovery code, and makes the way in by the present password anew. */
export async function unlockByCode(
  me: Person,
  vault: Vault,
  code: string,
  password: string,
): Promise<void> {
  const wrap = wayIn(vault, "recovery");
  if (wrap === undefined) throw new VaultError("wrap-not-opened");
  const secret = await secretFor(me.login, password);
  const from = recoveryFor(code);
  const fresh = await vaultWorker.ask("rewrap", me.id, wrap, from, await newPassword(password));
  await api.put("/me/vault/password", { current_auth_secret: secret, wrap: fresh });
  await vaultWorker.ask("unlock", me.id, wrap, from, vault.keys);
}

/** The vault's way in under a password or code that is about to replace another; none without a vault. */
export async function wrapForChange(
  me: Person,
  password: string,
  to: { password: string } | { code: string },
): Promise<{ vault_wrap?: WireWrap }> {
  const vault = await fetchVault();
  if (!exists(vault)) return {};
  const wrap = wayIn(vault, "password");
  if (wrap === undefined) throw new ApiError(409, "vault-wrap-needed", "");
  const fresh = "password" in to ? await newPassword(to.password) : recoveryFor(to.code);
  const from = await passwordFor(wrap, password);
  try {
    return { vault_wrap: await vaultWorker.ask("rewrap", me.id, wrap, from, fresh) };
  } catch (error) {
    if (error instanceof VaultError) throw new ApiError(403, "wrong-secret", "");
    throw error;
  }
}
