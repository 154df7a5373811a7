/**
 * Threads: messages among several people under a key for each epoch of their membership. Messages are
 * signed, numbered by their author, and bound to thread and epoch.
 */
import { decrypt, encrypt } from "./content";
import { type Bytes, digest, pack, random, same, sha256, uuidBytes } from "./encoding";
import { damaged, VaultError } from "./errors";
import { openKey, sealKey } from "./hpke";
import { type Reader, type Self, SUITE } from "./items";
import { isSigned, type PrivateKeys, sign, type Signers, verify } from "./keys";

const HASH_BYTES = 32;
const SALT_BYTES = 32;
const MESSAGE_INFO = "holdfast/vault/v1/thread-message-key";
const nothingBefore = (): Bytes => new Uint8Array(HASH_BYTES);

/** Who belongs to a thread from now on, said by one of them. `members` ascend. */
export interface Epoch {
  suite: number;
  thread: string;
  number: number;
  previous: Bytes;
  maker: string;
  members: string[];
  signature: Bytes;
}

export interface EpochKey {
  member: string;
  sealed: Bytes;
  signature: Bytes;
}

/** `number` counts its author's messages from 1; `previous` is the hash of the one before. */
export interface Message {
  suite: number;
  thread: string;
  epoch: number;
  epochHash: Bytes;
  author: string;
  number: number;
  previous: Bytes;
  salt: Bytes;
  ciphertext: Bytes;
  signature: Bytes;
}

const newest = ({ keys }: Self): PrivateKeys => {
  const [first] = keys;
  if (first === undefined) throw new VaultError("vault-locked");
  return first;
};

const epochSigned = (epoch: Omit<Epoch, "signature">): Bytes =>
  pack(
    "holdfast/vault/v1/thread-epoch",
    epoch.suite,
    uuidBytes(epoch.thread),
    epoch.number,
    epoch.previous,
    uuidBytes(epoch.maker),
    pack(...epoch.members.map(uuidBytes)),
  );

/** What keys, messages and the next epoch name an epoch by. */
export const hashOfEpoch = (epoch: Omit<Epoch, "signature">): Promise<Bytes> =>
  digest("holdfast/vault/v1/thread-epoch-hash", epochSigned(epoch));

function wellFormed({ suite, number, previous, maker, members }: Epoch): boolean {
  const ordered = members.every((one, at) => at === 0 || (members[at - 1] ?? "") < one);
  const first = (number === 1) === same(previous, nothingBefore());
  const sized = previous.length === HASH_BYTES;
  return suite === SUITE && number >= 1 && sized && first && ordered && members.includes(maker);
}

export async function beginEpoch(
  thread: string,
  members: readonly string[],
  maker: Self,
  after: Epoch | null = null,
): Promise<Epoch> {
  const epoch = {
    suite: SUITE,
    thread,
    number: (after?.number ?? 0) + 1,
    previous: after === null ? nothingBefore() : await hashOfEpoch(after),
    maker: maker.id,
    members: [...new Set(members)].sort(),
  };
  return { ...epoch, signature: await sign(newest(maker), epochSigned(epoch)) };
}

/** The newest epoch of a whole history; throws where any does not follow. */
export async function verifyEpochs(
  thread: string,
  epochs: readonly Epoch[],
  people: ReadonlyMap<string, Signers>,
): Promise<Epoch> {
  let before: Epoch | null = null;
  for (const [at, epoch] of epochs.entries()) {
    const expected: Bytes = before === null ? nothingBefore() : await hashOfEpoch(before);
    const follows = epoch.thread === thread && epoch.number === at + 1;
    const byMember: boolean = before === null || before.members.includes(epoch.maker);
    const signers = people.get(epoch.maker);
    if (!wellFormed(epoch) || !follows || !byMember || signers === undefined) throw damaged();
    if (!same(epoch.previous, expected)) throw damaged();
    await verify(signers, epoch.signature, epochSigned(epoch));
    before = epoch;
  }
  if (before === null) throw damaged();
  return before;
}

const keyInfo = async (epoch: Epoch, member: Reader): Promise<Bytes> =>
  pack(
    "holdfast/vault/v1/thread-key",
    epoch.suite,
    uuidBytes(epoch.thread),
    await hashOfEpoch(epoch),
    uuidBytes(member.id),
    member.keys.agreement,
  );

const keySigned = (info: Bytes, sealed: Bytes): Bytes =>
  pack("holdfast/vault/v1/thread-key-signed", info, sealed);

export async function sealEpochKey(
  epoch: Epoch,
  key: Bytes,
  member: Reader,
  maker: PrivateKeys,
  oneTime?: CryptoKeyPair,
): Promise<EpochKey> {
  const info = await keyInfo(epoch, member);
  const sealed = await sealKey(key, member.keys, info, oneTime);
  return { member: member.id, sealed, signature: await sign(maker, keySigned(info, sealed)) };
}

/** An epoch's key, for one of its members. */
export async function openEpochKey(
  epoch: Epoch,
  given: EpochKey,
  me: Self,
  maker: Signers,
): Promise<Bytes> {
  if (!epoch.members.includes(me.id)) throw new VaultError("item-not-granted");
  if (given.member !== me.id) throw damaged();
  for (const keys of me.keys) {
    const info = await keyInfo(epoch, { id: me.id, keys: keys.public });
    const mine = await isSigned(maker, given.signature, keySigned(info, given.sealed));
    if (mine) return openKey(given.sealed, keys, info);
  }
  throw damaged();
}

type Header = Omit<Message, "ciphertext" | "signature">;

const packedHeader = (header: Header): Bytes =>
  pack(
    "holdfast/vault/v1/thread-message",
    header.suite,
    uuidBytes(header.thread),
    header.epoch,
    header.epochHash,
    uuidBytes(header.author),
    header.number,
    header.previous,
    header.salt,
  );

const messageSigned = async (header: Header, ciphertext: Bytes): Promise<Bytes> =>
  pack("holdfast/vault/v1/thread-message-signed", packedHeader(header), await sha256(ciphertext));

export const hashOfMessage = async (message: Message): Promise<Bytes> =>
  digest("holdfast/vault/v1/thread-message-hash", await messageSigned(message, message.ciphertext));

/** The salt is random: two devices of an author that give one number twice use two keys. */
export async function messageKey(epochKey: Bytes, salt: Bytes): Promise<Bytes> {
  const material = await crypto.subtle.importKey("raw", epochKey, "HKDF", false, ["deriveBits"]);
  const info = new TextEncoder().encode(MESSAGE_INFO);
  const bits = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, material, 256);
  return new Uint8Array(bits);
}

interface Write {
  text: Bytes;
  epoch: Epoch;
  epochKey: Bytes;
  author: Self;
  /** Their message before, or what is known of it. */
  after?: Message | Last;
  /** Given only by the tests of the published vectors. */
  salt?: Bytes;
}

const hashBefore = async (after: Message | Last): Promise<Bytes> =>
  "hash" in after ? after.hash : hashOfMessage(after);

/** An author's next message, opened once before it is given back. */
export async function write(given: Write): Promise<Message> {
  const { text, epoch, epochKey, author, after, salt = random(SALT_BYTES) } = given;
  const header: Header = {
    suite: SUITE,
    thread: epoch.thread,
    epoch: epoch.number,
    epochHash: await hashOfEpoch(epoch),
    author: author.id,
    number: (after?.number ?? 0) + 1,
    previous: after === undefined ? nothingBefore() : await hashBefore(after),
    salt,
  };
  const ciphertext = await encrypt(await messageKey(epochKey, salt), text, packedHeader(header));
  const keys = newest(author);
  const signature = await sign(keys, await messageSigned(header, ciphertext));
  const message = { ...header, ciphertext, signature };
  if (!same(await read(message, epoch, epochKey, keys.public), text)) throw damaged();
  return message;
}

/** What a message says. The epoch must have been verified. */
export async function read(
  message: Message,
  epoch: Epoch,
  epochKey: Bytes,
  author: Signers,
): Promise<Bytes> {
  const { suite, thread, number, previous, salt, ciphertext, signature } = message;
  const belongs = suite === epoch.suite && thread === epoch.thread && message.epoch === epoch.number;
  const first = (number === 1) === same(previous, nothingBefore());
  const sized = previous.length === HASH_BYTES && salt.length === SALT_BYTES && number >= 1;
  if (!belongs || !first || !sized) throw damaged();
  if (!same(message.epochHash, await hashOfEpoch(epoch))) throw damaged();
  await verify(author, signature, await messageSigned(message, ciphertext));
  if (!epoch.members.includes(message.author)) throw new VaultError("item-not-granted");
  return decrypt(await messageKey(epochKey, salt), ciphertext, packedHeader(message));
}

/** The newest message of one author that a device has read. */
export interface Last {
  number: number;
  hash: Bytes;
}

/** What was read last of one author, after more of theirs; throws where one was held back. */
export async function follow(last: Last | null, messages: readonly Message[]): Promise<Last | null> {
  let now = last;
  for (const message of messages) {
    const expected = now?.hash ?? nothingBefore();
    if (message.number !== (now?.number ?? 0) + 1 || !same(message.previous, expected)) {
      throw new VaultError("item-rolled-back");
    }
    now = { number: message.number, hash: await hashOfMessage(message) };
  }
  return now;
}
