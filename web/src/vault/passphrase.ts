/** The vault passphrase of somebody who signs in at an identity provider. */
import { api } from "@/api/client";
import { ApiError } from "@/api/problems";
import { newSecret } from "@/auth/derive";
import { recoverySecret } from "@/auth/recovery";

import { unlockByCode, type Vault } from "./access";

export const SHORTEST_PASSPHRASE = 10;

/** Tells the server what the passphrase derives; the passphrase itself stays here. */
export async function setPassphrase(passphrase: string, recovery: string): Promise<void> {
  const { secret, salt, params } = await newSecret(passphrase);
  await api.post("/me/passphrase", {
    new_auth_secret: secret,
    new_salt: salt,
    new_params: params,
    recovery_secret: recovery,
  });
}

/** A new passphrase in the place of a lost one, by the recovery code; opens the vault with it. */
export async function replacePassphrase(
  me: { id: string; login: string },
  vault: Vault,
  code: string,
  passphrase: string,
): Promise<void> {
  const recovery = await recoverySecret(code);
  if (recovery === null) throw new ApiError(403, "wrong-recovery-code", "");
  try {
    await setPassphrase(passphrase, recovery);
  } catch (error) {
    if (error instanceof ApiError && error.code === "recovery-refused") {
      throw new ApiError(403, "wrong-recovery-code", "");
    }
    throw error;
  }
  await unlockByCode(me, vault, code, passphrase);
}
