/** Ways in: the private keys, wrapped once per password, recovery code and passkey. */
import { type Bytes, concat, pack, random, uuidBytes } from "./encoding";
import { VaultError } from "./errors";
import { SEED_BYTES, type Seeds } from "./keys";

export type WrapKind = "password" | "recovery" | "passkey";

export interface Cost {
  memory_kib: number;
  passes: number;
  parallelism: number;
}

export interface Wrap {
  user: string;
  kind: WrapKind;
  version: number;
  sequence: number;
  cost: Cost;
  salt: Bytes;
  sealed: Bytes;
  /** The passkey's identifier; empty for the other kinds. */
  credential: Bytes;
}

const VERSION = 1;
const NONCE_BYTES = 12;
export const SALT_BYTES = 16;
export const DEFAULT_COST: Cost = { memory_kib: 65_536, passes: 3, parallelism: 1 };
/** A recovery code is 160 random bits, a PRF's output 256: neither needs a slow function. */
export const NO_COST: Cost = { memory_kib: 0, passes: 0, parallelism: 0 };
export const PASSWORD_INFO = "holdfast/v1/vault-password";
const RECOVERY_INFO = "holdfast/v1/vault-recovery";
const PASSKEY_INFO = "holdfast/v1/vault-passkey";
export const PRF_BYTES = 32;
const MOST_CREDENTIAL_BYTES = 1023;
/** What every passkey evaluates its PRF over: the same for all, since each has a PRF of its own. */
export const PRF_INPUT = "holdfast/v1/vault-passkey-input";

/** Fewer and a stolen wrap could be guessed at: refused, whoever asks for it. */
export const isEnough = ({ memory_kib, passes, parallelism }: Cost): boolean =>
  memory_kib >= 65_536 && passes >= 3 && parallelism >= 1 && parallelism <= 4;

export const associatedOf = (wrap: Omit<Wrap, "sealed">): Bytes =>
  pack(
    "holdfast/vault/v1/wrap",
    uuidBytes(wrap.user),
    wrap.kind,
    wrap.version,
    wrap.sequence,
    wrap.cost.memory_kib,
    wrap.cost.passes,
    wrap.cost.parallelism,
    wrap.salt,
    ...(wrap.kind === "passkey" ? [wrap.credential] : []),
  );

/** Whether version, cost and credential are such as this kind may have. */
function wellFormed({ kind, version, cost, credential }: Omit<Wrap, "sealed">): boolean {
  const named = credential.length > 0 && credential.length <= MOST_CREDENTIAL_BYTES;
  const free = cost.memory_kib === 0 && cost.passes === 0 && cost.parallelism === 0;
  return (
    version === VERSION &&
    (kind === "passkey" ? named : credential.length === 0) &&
    (kind === "password" ? isEnough(cost) : free)
  );
}

const secretOf = (bytes: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);

const expand = (material: CryptoKey, salt: Bytes, info: string): Promise<CryptoKey> =>
  crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt, info: new TextEncoder().encode(info) },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );

/** An AES key out of a secret, which no script can read. */
export const keyOf = async (secret: Bytes, salt: Bytes, info: string): Promise<CryptoKey> =>
  expand(await secretOf(secret), salt, info);

export const recoveryKey = (code: Bytes, salt: Bytes): Promise<CryptoKey> =>
  keyOf(code, salt, RECOVERY_INFO);

/** A passkey's PRF output as something that no script can read; the bytes given are wiped. */
export async function prfMaterial(output: Bytes): Promise<CryptoKey> {
  if (output.length !== PRF_BYTES) throw new VaultError("wrap-not-opened");
  const material = await secretOf(output);
  output.fill(0);
  return material;
}

export const passkeyKey = (material: CryptoKey, salt: Bytes): Promise<CryptoKey> =>
  expand(material, salt, PASSKEY_INFO);

export type EmptyWrap = Omit<Wrap, "sealed" | "version">;

export async function wrapSeeds(
  empty: EmptyWrap,
  seeds: Seeds,
  key: CryptoKey,
  nonce: Bytes = random(NONCE_BYTES),
): Promise<Wrap> {
  if (empty.kind === "password" && !isEnough(empty.cost)) throw new VaultError("wrap-too-weak");
  const wrap = { ...empty, version: VERSION };
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: associatedOf(wrap) },
    key,
    concat([seeds.agreement, seeds.signing]),
  );
  return { ...wrap, sealed: concat([nonce, new Uint8Array(sealed)]) };
}

/** The seeds; throws `wrap-not-opened` for the wrong key and for any change. */
export async function unwrapSeeds(wrap: Wrap, key: CryptoKey): Promise<Seeds> {
  if (wrap.kind === "password" && !isEnough(wrap.cost)) throw new VaultError("wrap-too-weak");
  if (!wellFormed(wrap)) throw new VaultError("wrap-not-opened");
  const opened = await crypto.subtle
    .decrypt(
      {
        name: "AES-GCM",
        iv: wrap.sealed.slice(0, NONCE_BYTES),
        additionalData: associatedOf(wrap),
      },
      key,
      wrap.sealed.slice(NONCE_BYTES),
    )
    .catch(() => {
      throw new VaultError("wrap-not-opened");
    });
  const seeds = new Uint8Array(opened);
  if (seeds.length !== 2 * SEED_BYTES) throw new VaultError("wrap-not-opened");
  return { agreement: seeds.slice(0, SEED_BYTES), signing: seeds.slice(SEED_BYTES) };
}
