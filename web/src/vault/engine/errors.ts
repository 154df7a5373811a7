/** What can be wrong with something out of the vault; each code has its sentence in `vault:errors`. */
export const VAULT_CODES = [
  "item-damaged",
  "item-rolled-back",
  "item-not-granted",
  "wrap-not-opened",
  "wrap-too-weak",
  "vault-locked",
  "keys-changed-unexpectedly",
  "passkey-without-key",
  "passkey-not-used",
] as const;

export type VaultCode = (typeof VAULT_CODES)[number];

export const isVaultCode = (text: string): text is VaultCode =>
  (VAULT_CODES as readonly string[]).includes(text);

export class VaultError extends Error {
  override readonly name = "VaultError";

  constructor(readonly code: VaultCode) {
    super(code);
  }
}

/** Any byte, owner, revision, key or grant that does not belong here. */
export const damaged = (): VaultError => new VaultError("item-damaged");
