/** A 32-byte key sealed to one person: HPKE's base mode (RFC 9180), without associated data. */
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";

import { type Bytes, concat } from "./encoding";
import { damaged } from "./errors";
import type { PrivateKeys, PublicKeys } from "./keys";

const KEY_BYTES = 32;
/** The one-time public key, the sealed key and the tag. */
const SEALED_KEY_BYTES = 80;

const hpke = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/** Imported once each: every item of a journal is sealed to the same few keys. */
const imported = new WeakMap<Bytes, Promise<CryptoKey>>();

function importPublic(key: Bytes): Promise<CryptoKey> {
  const found = imported.get(key) ?? crypto.subtle.importKey("raw", key, { name: "X25519" }, true, []);
  imported.set(key, found);
  return found;
}

/** `oneTime` is given only by the tests of the published vectors. */
export async function sealKey(
  key: Bytes,
  to: PublicKeys,
  info: Bytes,
  oneTime?: CryptoKeyPair,
): Promise<Bytes> {
  const sender = await hpke.createSenderContext({
    recipientPublicKey: await importPublic(to.agreement),
    info,
    ...(oneTime === undefined ? {} : { ekm: oneTime }),
  });
  return concat([new Uint8Array(sender.enc), new Uint8Array(await sender.seal(key))]);
}

/** What `sealKey` sealed with the same `info`; throws for anything else. */
export async function openKey(sealed: Bytes, keys: PrivateKeys, info: Bytes): Promise<Bytes> {
  if (sealed.length !== SEALED_KEY_BYTES) throw damaged();
  try {
    const recipient = await hpke.createRecipientContext({
      recipientKey: {
        privateKey: keys.agreement,
        publicKey: await importPublic(keys.public.agreement),
      },
      enc: sealed.slice(0, KEY_BYTES),
      info,
    });
    return new Uint8Array(await recipient.open(sealed.slice(KEY_BYTES)));
  } catch {
    throw damaged();
  }
}
