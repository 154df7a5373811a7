/**
 * What the vault's worker does for peer chats: keys made for one chat alone, so that neither side can
 * be recognised by them. The private halves are sealed to their owner's vault and kept by the server.
 */
import { v4 } from "uuid";

import { fromBase64Url, toBase64Url } from "@/auth/bytes";
import { type Bytes, concat, random } from "@/vault/engine/encoding";
import { damaged, VaultError } from "@/vault/engine/errors";
import { openOwn, seal, type Self, SUITE } from "@/vault/engine/items";
import { keysOf, newSeeds, type PublicKeys, type Seeds, SEED_BYTES } from "@/vault/engine/keys";
import {
  beginEpoch,
  type Epoch,
  hashOfEpoch,
  hashOfMessage,
  type Message,
  messageKey,
  openEpochKey,
  read,
  sealEpochKey,
  verifyEpochs,
  write,
} from "@/vault/engine/threads";
import { versionIn, versionOut, type WireVersion } from "@/vault/engine/wire";
import { holder } from "@/vault/keyring";

import type { PeerMessageWire, PeerOpenWire, PeerOtherWire } from "./types";

const KEY_BYTES = 32;
const RING = { kind: "peer-keys", schema: 1 };

/** How one appears in one chat. */
export interface OwnSideWire {
  alias: string;
  agreement: string;
  signing: string;
  ring: WireVersion;
}

export interface AcceptWire extends OwnSideWire {
  signature: string;
  keys: { member: string; sealed: string; signature: string }[];
}

interface Held {
  me: Self;
  epoch: Epoch;
  key: Bytes;
  theirs: PublicKeys;
}

const held = new Map<string, Held>();

const publicIn = (other: PeerOtherWire): PublicKeys => ({
  agreement: fromBase64Url(other.agreement),
  signing: fromBase64Url(other.signing),
});

async function newSide(user: string, chat: string): Promise<{ me: Self; wire: OwnSideWire }> {
  const seeds = newSeeds();
  const keys = await keysOf(seeds);
  const owner = (await holder(user)).keys[0];
  if (owner === undefined) throw new VaultError("vault-locked");
  const header = { suite: SUITE, item: chat, owner: user, ...RING, revision: 1, previous: [] };
  const content = concat([seeds.agreement, seeds.signing]);
  const ring = versionOut(await seal({ header, content, owner }));
  const alias = v4();
  const shown = { agreement: toBase64Url(keys.public.agreement), signing: toBase64Url(keys.public.signing) };
  return { me: { id: alias, keys: [keys] }, wire: { alias, ...shown, ring } };
}

async function ownSide(user: string, chat: string, alias: string, ring: WireVersion): Promise<Self> {
  const me = await holder(user);
  const version = versionIn(ring);
  const { kind, item, owner } = version.header;
  if (kind !== RING.kind || item !== chat || owner !== user) throw damaged();
  const content = await openOwn(version, me, me.keys.map((each) => each.public));
  if (content.length !== 2 * SEED_BYTES) throw damaged();
  const seeds: Seeds = { agreement: content.slice(0, SEED_BYTES), signing: content.slice(SEED_BYTES) };
  return { id: alias, keys: [await keysOf(seeds)] };
}

function of(chat: string): Held {
  const found = held.get(chat);
  if (found === undefined) throw new VaultError("vault-locked");
  return found;
}

const messageIn = async (chat: string, row: PeerMessageWire, epoch: Epoch): Promise<Message> => ({
  suite: SUITE,
  thread: chat,
  epoch: 1,
  epochHash: await hashOfEpoch(epoch),
  author: row.alias,
  number: row.number,
  previous: fromBase64Url(row.previous),
  salt: fromBase64Url(row.salt),
  ciphertext: fromBase64Url(row.ciphertext),
  signature: fromBase64Url(row.signature),
});

async function opened(chat: string, row: PeerMessageWire): Promise<string | null> {
  const { me, epoch, key, theirs } = of(chat);
  const [own] = me.keys;
  const author = row.alias === me.id ? own?.public : theirs;
  try {
    const message = await messageIn(chat, row, epoch);
    if (author === undefined || toBase64Url(await hashOfMessage(message)) !== row.hash) return null;
    return new TextDecoder().decode(await read(message, epoch, key, author));
  } catch (error) {
    if (error instanceof VaultError) return null;
    throw error;
  }
}

export const peerDesk = {
  /** A new alias and keys, to ask with. */
  async peerSide(user: string, chat: string): Promise<OwnSideWire> {
    return (await newSide(user, chat)).wire;
  },

  /** Who belongs to the chat and its key for both, made by the listener who takes it. */
  async peerAccept(user: string, chat: string, other: PeerOtherWire): Promise<AcceptWire> {
    const { me, wire } = await newSide(user, chat);
    const [own] = me.keys;
    if (own === undefined) throw new VaultError("vault-locked");
    const epoch = await beginEpoch(chat, [me.id, other.alias], me);
    const key = random(KEY_BYTES);
    const readers = [
      { id: me.id, keys: own.public },
      { id: other.alias, keys: publicIn(other) },
    ];
    const given = await Promise.all(readers.map((reader) => sealEpochKey(epoch, key, reader, own)));
    const keys = given.map(({ member, sealed, signature }) => ({
      member,
      sealed: toBase64Url(sealed),
      signature: toBase64Url(signature),
    }));
    return { ...wire, signature: toBase64Url(epoch.signature), keys };
  },

  /** Opens a chat that has two sides; throws where something does not verify. */
  async peerOpen(user: string, wire: PeerOpenWire): Promise<void> {
    if (wire.other === null) throw damaged();
    const me = await ownSide(user, wire.id, wire.alias, wire.ring);
    const [own] = me.keys;
    if (own === undefined) throw new VaultError("vault-locked");
    const theirs = publicIn(wire.other);
    const listens = wire.role === "listener";
    const maker = listens ? me.id : wire.other.alias;
    const makers = listens ? own.public : theirs;
    const epoch: Epoch = {
      suite: SUITE,
      thread: wire.id,
      number: 1,
      previous: new Uint8Array(KEY_BYTES),
      maker,
      members: [me.id, wire.other.alias].sort(),
      signature: fromBase64Url(wire.epoch_signature),
    };
    await verifyEpochs(wire.id, [epoch], new Map([[maker, makers]]));
    const given = {
      member: me.id,
      sealed: fromBase64Url(wire.key.sealed),
      signature: fromBase64Url(wire.key.signature),
    };
    held.set(wire.id, { me, epoch, theirs, key: await openEpochKey(epoch, given, me, makers) });
  },

  /** A message as it is posted, after one's last that the server has. */
  async peerWrite(chat: string, text: string, last: { number: number; hash: string }) {
    const { me, epoch, key } = of(chat);
    const given = { text: new TextEncoder().encode(text), epoch, epochKey: key, author: me };
    const after = { number: last.number, hash: fromBase64Url(last.hash) };
    const made = await write(last.number === 0 ? given : { ...given, after });
    return {
      number: made.number,
      previous: toBase64Url(made.previous),
      salt: toBase64Url(made.salt),
      ciphertext: toBase64Url(made.ciphertext),
      signature: toBase64Url(made.signature),
    };
  },

  /** What each message says; null where it does not verify. In the order given. */
  peerRead: (chat: string, rows: PeerMessageWire[]): Promise<(string | null)[]> =>
    Promise.all(rows.map((row) => opened(chat, row))),

  /** The keys that open these messages and no others, for a report. */
  peerShow: (chat: string, rows: PeerMessageWire[]): Promise<{ seq: number; key: string }[]> =>
    Promise.all(
      rows.map(async ({ seq, salt }) => ({
        seq,
        key: toBase64Url(await messageKey(of(chat).key, fromBase64Url(salt))),
      })),
    ),
};

export type PeerDesk = typeof peerDesk;
