/** Keys that were replaced, sealed to the keys that follow them: all history stays readable. */
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";

import { type Bytes, concat, pack, same, uuidBytes } from "./encoding";
import { damaged } from "./errors";
import { hashOfEntry, type KeyEntry, keysOf, type PrivateKeys, SEED_BYTES, type Seeds } from "./keys";

/** The one-time public key, two seeds and the tag. */
const SEALED_BYTES = 32 + 2 * SEED_BYTES + 16;
const ENC_BYTES = 32;

const hpke = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

const infoOf = async (entry: KeyEntry): Promise<Bytes> =>
  pack(
    "holdfast/vault/v1/earlier-keys",
    uuidBytes(entry.user),
    entry.sequence,
    await hashOfEntry(entry),
    entry.keys.agreement,
  );

const publicKey = (key: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", key, { name: "X25519" }, true, []);

/** The seeds that `entry` replaces, sealed to its keys. The one-time key is given by tests alone. */
export async function sealEarlier(
  entry: KeyEntry,
  old: Seeds,
  oneTime?: CryptoKeyPair,
): Promise<Bytes> {
  const sender = await hpke.createSenderContext({
    recipientPublicKey: await publicKey(entry.keys.agreement),
    info: await infoOf(entry),
    ...(oneTime === undefined ? {} : { ekm: oneTime }),
  });
  const sealed = await sender.seal(concat([old.agreement, old.signing]));
  return concat([new Uint8Array(sender.enc), new Uint8Array(sealed)]);
}

async function openEarlier(entry: KeyEntry, sealed: Bytes, keys: PrivateKeys): Promise<Seeds> {
  if (sealed.length !== SEALED_BYTES) throw damaged();
  try {
    const recipient = await hpke.createRecipientContext({
      recipientKey: {
        privateKey: keys.agreement,
        publicKey: await publicKey(entry.keys.agreement),
      },
      enc: sealed.slice(0, ENC_BYTES),
      info: await infoOf(entry),
    });
    const seeds = new Uint8Array(await recipient.open(sealed.slice(ENC_BYTES)));
    return { agreement: seeds.slice(0, SEED_BYTES), signing: seeds.slice(SEED_BYTES) };
  } catch {
    throw damaged();
  }
}

/**
 * All keys that a person has had, newest first. `history` was verified and ends with the entry of
 * `newest`; `sealed` has one element for every entry, empty for the first. Each pair must be that of
 * its own entry: whoever seals other seeds in its place is noticed.
 */
export async function everyKey(
  history: readonly KeyEntry[],
  sealed: readonly Bytes[],
  newest: PrivateKeys,
): Promise<PrivateKeys[]> {
  const found = [newest];
  for (let number = history.length - 1; number >= 0; number -= 1) {
    const [entry, keys] = [history[number], found.at(-1)];
    if (entry === undefined || keys === undefined) throw damaged();
    const fits =
      same(keys.public.agreement, entry.keys.agreement) &&
      same(keys.public.signing, entry.keys.signing);
    if (!fits) throw damaged();
    if (number > 0) {
      found.push(await keysOf(await openEarlier(entry, sealed[number] ?? new Uint8Array(), keys)));
    }
  }
  return found;
}
