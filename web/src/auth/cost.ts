/** Raises the cost of a password that was chosen when less was asked for. */
import { api } from "@/api/client";
import { ApiError, OfflineError } from "@/api/problems";
import type { KdfParams, Me } from "@/api/types";
import { wrapForChange } from "@/vault/access";

import { type Derived, derivedFor, isBelow, newSecret, wantedParams } from "./derive";

/**
 * The same password at the cost that is now asked for, and the vault's way in by it with it. Runs
 * after log-in, when the password is at hand; whether anything was to be done.
 */
export async function raiseCost(password: string, now: Derived, asked?: KdfParams): Promise<boolean> {
  const wanted = asked ?? (await wantedParams());
  if (!isBelow(now.params, wanted)) return false;
  try {
    const me = await api.get<Me>("/me");
    const wrap = await wrapForChange(me, password, { password });
    const fresh = await newSecret(password);
    await api.post("/me/password/cost", {
      current_auth_secret: now.secret,
      new_auth_secret: fresh.secret,
      new_salt: fresh.salt,
      new_params: fresh.params,
      ...wrap,
    });
    return true;
  } catch (error) {
    // The old cost goes on working, and the next log-in tries again.
    if (error instanceof ApiError || error instanceof OfflineError) return false;
    throw error;
  }
}

/** The same where the vault was opened with the password; `cost` is that of the way in it opened. */
export async function raiseAtUnlock(
  login: string,
  password: string,
  cost: KdfParams,
): Promise<boolean> {
  try {
    const wanted = await wantedParams();
    if (!isBelow(cost, wanted)) return false;
    return await raiseCost(password, await derivedFor(login, password), wanted);
  } catch (error) {
    if (error instanceof ApiError || error instanceof OfflineError) return false;
    throw error;
  }
}
