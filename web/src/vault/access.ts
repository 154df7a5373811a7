/** Setting up, opening and re-wrapping: what goes between the screens, the worker and the server. */
import { api } from "@/api/client";
import { ApiError } from "@/api/problems";
import type { KdfParams, Schemas } from "@/api/types";
import { fromBase64Url, toBase64Url } from "@/auth/bytes";
import { deriveVaultKey, newSalt, secretFor, wantedParams } from "@/auth/derive";
import { decodeRecovery, newRecoveryCode, recoverySecret } from "@/auth/recovery";

import { VaultError } from "./engine/errors";
import type { WireWrap } from "./engine/wire";
import type { Cost } from "./engine/wraps";
import { evaluate } from "./passkey";
import type { NewKeys, Secret } from "./waysIn";
import { vaultWorker } from "./worker";

export type Vault = Schemas["VaultOut"];

const paramsOf = (cost: Cost): KdfParams => ({ algorithm: "argon2id", ...cost });

export const fetchVault = (): Promise<Vault> => api.get<Vault>("/me/vault");

export const exists = (vault: Vault): boolean => vault.keys.length > 0;

export const wayIn = (vault: Vault, kind: WireWrap["kind"]): WireWrap | undefined =>
  vault.wraps.find((wrap) => wrap.kind === kind);

const costOf = ({ memory_kib, passes, parallelism }: WireWrap): KdfParams =>
  paramsOf({ memory_kib, passes, parallelism });

async function passwordFor(wrap: WireWrap, password: string): Promise<Secret> {
  const { algorithm: _, ...cost } = costOf(wrap);
  const key = await deriveVaultKey({ password, salt: wrap.salt, params: paramsOf(cost) });
  return { kind: "password", key, salt: fromBase64Url(wrap.salt), cost };
}

async function newPassword(password: string): Promise<Secret> {
  const [salt, params] = [newSalt(), await wantedParams()];
  const key = await deriveVaultKey({ password, salt, params });
  const { algorithm: _, ...cost } = params;
  return { kind: "password", key, salt: fromBase64Url(salt), cost };
}

function recoveryFor(code: string): Secret {
  const bytes = decodeRecovery(code);
  if (bytes === null) throw new VaultError("wrap-not-opened");
  return { kind: "recovery", code: bytes };
}

/** Those of the vault's ways in that are passkeys. */
export const passkeyWays = (vault: Vault): WireWrap[] =>
  vault.wraps.filter((wrap) => wrap.kind === "passkey");

/** The way in by whichever of these passkeys the person uses, and what it opens with. */
async function byPasskey(ways: readonly WireWrap[]): Promise<{ wrap: WireWrap; secret: Secret }> {
  const used = await evaluate(ways.flatMap((wrap) => wrap.credential ?? []));
  const wrap = ways.find((each) => each.credential === toBase64Url(used.credential));
  if (wrap === undefined) throw new VaultError("wrap-not-opened");
  return { wrap, secret: { kind: "passkey", ...used } };
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
  // Whoever stays logged in for long types the password here only.
  const { raiseAtUnlock } = await import("@/auth/cost");
  void raiseAtUnlock(me.login, password, costOf(wrap));
}

/** Opens it by another way than the password, and makes the way in by the present one anew. */
async function unlockAnew(
  me: Person,
  vault: Vault,
  { wrap, secret: from }: { wrap: WireWrap; secret: Secret },
  password: string,
): Promise<void> {
  const secret = await secretFor(me.login, password);
  const fresh = await vaultWorker.ask("rewrap", me.id, wrap, from, await newPassword(password));
  await api.put("/me/vault/password", { current_auth_secret: secret, wrap: fresh });
  await vaultWorker.ask("unlock", me.id, wrap, from, vault.keys);
}

/** Opens it with the recovery code; from then on the present password opens it, too. */
export async function unlockByCode(
  me: Person,
  vault: Vault,
  code: string,
  password: string,
): Promise<void> {
  const wrap = wayIn(vault, "recovery");
  if (wrap === undefined) throw new VaultError("wrap-not-opened");
  await unlockAnew(me, vault, { wrap, secret: recoveryFor(code) }, password);
}

/** Opens it with a passkey; after a recovery the present password is made a way in again. */
export async function unlockByPasskey(
  me: Person,
  vault: Vault,
  password: string | null,
): Promise<void> {
  const way = await byPasskey(passkeyWays(vault));
  if (password !== null) return unlockAnew(me, vault, way, password);
  return vaultWorker.ask("unlock", me.id, way.wrap, way.secret, vault.keys);
}

const wrongPassword = (error: unknown): never => {
  if (error instanceof VaultError && error.code === "wrap-not-opened") {
    throw new ApiError(403, "wrong-secret", "");
  }
  throw error;
};

/** Lets a passkey of the account open the vault; the password opens it once for that. */
export async function addPasskey(
  me: Person,
  vault: Vault,
  credential: string,
  password: string,
): Promise<void> {
  const wrap = wayIn(vault, "password");
  if (wrap === undefined) throw new ApiError(409, "vault-wrap-needed", "");
  // First of all, while the press of the button counts as one.
  const to: Secret = { kind: "passkey", ...(await evaluate([credential])) };
  const from = await passwordFor(wrap, password);
  const fresh = await vaultWorker.ask("rewrap", me.id, wrap, from, to).catch(wrongPassword);
  const secret = await secretFor(me.login, password);
  await api.put("/me/vault/passkeys", { current_auth_secret: secret, wrap: fresh });
}

export async function dropPasskey(me: Person, passkey: number, password: string): Promise<void> {
  const secret = await secretFor(me.login, password);
  await api.delete(`/me/vault/passkeys/${passkey}`, { current_auth_secret: secret });
}

/** New keys that wait for their owner to have kept the new recovery code. */
export interface Prepared {
  code: string;
  secret: string;
  made: NewKeys;
}

/** New keys and ways in, made on this device; until `replaceKeys` the present ones are in force. */
export async function prepareKeys(
  me: Person,
  vault: Vault,
  password: string,
  passkeys: readonly string[],
): Promise<Prepared> {
  const wrap = wayIn(vault, "password");
  if (wrap === undefined) throw new ApiError(409, "vault-wrap-needed", "");
  const kept: Secret[] = [];
  for (const credential of passkeys) {
    kept.push({ kind: "passkey", ...(await evaluate([credential])) });
  }
  const code = newRecoveryCode();
  const made = await vaultWorker
    .ask(
      "change",
      me.id,
      wrap,
      await passwordFor(wrap, password),
      [await newPassword(password), recoveryFor(code), ...kept],
      vault.keys,
      Math.floor(Date.now() / 1000),
    )
    .catch(wrongPassword);
  return { code, made, secret: await secretFor(me.login, password) };
}

export async function replaceKeys(me: Person, { code, secret, made }: Prepared): Promise<void> {
  await api.post("/me/vault/keys", {
    current_auth_secret: secret,
    recovery_secret: await recoverySecret(code),
    ...made,
  });
  await vaultWorker.ask("confirm", me.id);
}

/** The vault as the server has it, where its keys are newer than those on this device. */
export async function movedOn(user: string): Promise<Vault | null> {
  const [vault, here] = await Promise.all([fetchVault(), vaultWorker.ask("sequence", user)]);
  return vault.keys.length > here ? vault : null;
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
  return {
    vault_wrap: await vaultWorker.ask("rewrap", me.id, wrap, from, fresh).catch(wrongPassword),
  };
}
