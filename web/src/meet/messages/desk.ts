/**
 * What the vault's worker does for threads: it checks who belongs, holds the keys of their epochs,
 * writes and reads. People are known by their whole history of keys, pinned as for sharing.
 */
import { fromBase64Url, toBase64Url } from "@/auth/bytes";
import { type Bytes, random } from "@/vault/engine/encoding";
import { damaged, VaultError } from "@/vault/engine/errors";
import { openOwn, seal, type Self, SUITE } from "@/vault/engine/items";
import { type Signers, signersOf } from "@/vault/engine/keys";
import {
  beginEpoch,
  type Epoch,
  hashOfEpoch,
  hashOfMessage,
  type Message,
  openEpochKey,
  read,
  sealEpochKey,
  verifyEpochs,
  write,
} from "@/vault/engine/threads";
import { entryIn, versionIn, versionOut, type WireVersion } from "@/vault/engine/wire";
import { holder } from "@/vault/keyring";
import { pinned } from "@/vault/sharing/pins";

import type { MessageRow, ThreadPerson, ThreadWire } from "./types";

const KEY_BYTES = 32;
/** What waits on this device is sealed to its author, and opens again after the next log-in. */
const WAITING = { kind: "thread-message", schema: 1 };

interface Held {
  epochs: Epoch[];
  keys: Map<number, Bytes>;
  people: Map<string, Signers>;
}

const held = new Map<string, Held>();

/** How somebody's keys stand with this device. */
export type KeyState = "none" | "ready" | "unexpected" | "broken";

export interface OpenedThread {
  epoch: number;
  /** Of everybody who is or was in the thread. */
  states: Record<string, KeyState>;
}

export type OpenedMessage = { content: Bytes } | { code: string };

const newest = ({ keys: [first] }: Self) => {
  if (first === undefined) throw new VaultError("vault-locked");
  return first;
};

const historyOf = ({ id, keys }: ThreadPerson) => keys.map((entry) => entryIn(id, entry));

async function stateOf(user: string, person: ThreadPerson): Promise<KeyState> {
  if (person.keys.length === 0) return "none";
  try {
    await pinned(user, person.id, historyOf(person));
    return "ready";
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    return error.code === "keys-changed-unexpectedly" ? "unexpected" : "broken";
  }
}

const epochIn = (thread: string, wire: ThreadWire["epochs"][number]): Epoch => ({
  suite: wire.suite,
  thread,
  number: wire.number,
  previous: fromBase64Url(wire.previous),
  maker: wire.maker,
  members: wire.members,
  signature: fromBase64Url(wire.signature),
});

/** Who signed what. Of an account that is gone the server's word has to do: it wrote no message. */
async function signersIn(
  user: string,
  wire: ThreadWire,
): Promise<{ people: Map<string, Signers>; states: Record<string, KeyState> }> {
  const people = new Map<string, Signers>();
  const states: Record<string, KeyState> = {};
  for (const person of wire.people) {
    const state = await stateOf(user, person);
    states[person.id] = state;
    if (state === "ready") people.set(person.id, signersOf(historyOf(person)));
  }
  for (const { maker, signing } of wire.epochs) {
    const key = fromBase64Url(signing);
    const gone = states[maker] === "none" || states[maker] === undefined;
    if (gone && !people.has(maker)) people.set(maker, { agreement: key, signing: key });
  }
  return { people, states };
}

async function keysIn(wire: ThreadWire, epochs: Epoch[], me: Self, people: Held["people"]) {
  const keys = new Map<number, Bytes>();
  for (const given of wire.keys) {
    const epoch = epochs[given.epoch - 1];
    const maker = epoch === undefined ? undefined : people.get(epoch.maker);
    if (epoch === undefined || maker === undefined) throw damaged();
    const key = {
      member: me.id,
      sealed: fromBase64Url(given.sealed),
      signature: fromBase64Url(given.signature),
    };
    keys.set(epoch.number, await openEpochKey(epoch, key, me, maker));
  }
  return keys;
}

function of(thread: string): Held {
  const found = held.get(thread);
  if (found === undefined) throw new VaultError("vault-locked");
  return found;
}

export interface NewEpochWire {
  suite: 1;
  number: number;
  previous: string;
  maker: string;
  members: string[];
  signature: string;
  keys: { member: string; sealed: string; signature: string }[];
}

async function newEpoch(
  user: string,
  thread: string,
  members: readonly ThreadPerson[],
  after: Epoch | null,
): Promise<NewEpochWire> {
  const me = await holder(user);
  const everybody = members.map(({ id }) => id);
  const epoch = await beginEpoch(thread, everybody, me, after);
  const key = random(KEY_BYTES);
  const keys = [];
  for (const person of members) {
    const { keys: theirs } = await pinned(user, person.id, historyOf(person));
    const reader = { id: person.id, keys: person.id === me.id ? newest(me).public : theirs };
    const given = await sealEpochKey(epoch, key, reader, newest(me));
    const [sealed, signature] = [toBase64Url(given.sealed), toBase64Url(given.signature)];
    keys.push({ member: given.member, sealed, signature });
  }
  return {
    suite: 1,
    number: epoch.number,
    previous: toBase64Url(epoch.previous),
    maker: epoch.maker,
    members: epoch.members,
    signature: toBase64Url(epoch.signature),
    keys,
  };
}

const messageIn = async (thread: string, row: MessageRow, epoch: Epoch): Promise<Message> => ({
  suite: row.suite,
  thread,
  epoch: row.epoch,
  epochHash: await hashOfEpoch(epoch),
  author: row.sender ?? "",
  number: row.number,
  previous: fromBase64Url(row.previous),
  salt: fromBase64Url(row.salt),
  ciphertext: fromBase64Url(row.ciphertext),
  signature: fromBase64Url(row.signature),
});

async function opened(thread: string, row: MessageRow): Promise<OpenedMessage> {
  const { epochs, keys, people } = of(thread);
  try {
    const [epoch, key] = [epochs[row.epoch - 1], keys.get(row.epoch)];
    const sender = people.get(row.sender ?? "");
    if (epoch === undefined || key === undefined) throw new VaultError("item-not-granted");
    if (sender === undefined) throw damaged();
    const message = await messageIn(thread, row, epoch);
    // The server says the hash that the next message of its sender names.
    if (toBase64Url(await hashOfMessage(message)) !== row.hash) throw damaged();
    return { content: await read(message, epoch, key, sender) };
  } catch (error) {
    if (error instanceof VaultError) return { code: error.code };
    throw error;
  }
}

export const threadDesk = {
  /** Checks who belonged from the beginning on, and opens the keys that are ours. */
  async openThread(user: string, wire: ThreadWire): Promise<OpenedThread> {
    const me = await holder(user);
    const { people, states } = await signersIn(user, wire);
    const epochs = wire.epochs.map((each) => epochIn(wire.id, each));
    const newestEpoch = await verifyEpochs(wire.id, epochs, people);
    held.set(wire.id, { epochs, keys: await keysIn(wire, epochs, me, people), people });
    return { epoch: newestEpoch.number, states };
  },

  /** The first epoch of a new thread, with its key for everybody in it. */
  firstEpoch: (user: string, thread: string, members: ThreadPerson[]): Promise<NewEpochWire> =>
    newEpoch(user, thread, members, null),

  /** The one after the newest. The thread is open. */
  nextEpoch: (user: string, thread: string, members: ThreadPerson[]): Promise<NewEpochWire> =>
    newEpoch(user, thread, members, of(thread).epochs.at(-1) ?? null),

  /** A message as it is posted, after one's last that the server has. */
  async writeMessage(
    user: string,
    thread: string,
    content: Bytes,
    last: { number: number; hash: string },
  ) {
    const { epochs, keys } = of(thread);
    const epoch = epochs.at(-1);
    const epochKey = epoch === undefined ? undefined : keys.get(epoch.number);
    if (epoch === undefined || epochKey === undefined) throw new VaultError("item-not-granted");
    const author = await holder(user);
    const given = { text: content, epoch, epochKey, author };
    const after = { number: last.number, hash: fromBase64Url(last.hash) };
    const made = await write(last.number === 0 ? given : { ...given, after });
    return {
      suite: 1 as const,
      epoch: made.epoch,
      epoch_hash: toBase64Url(made.epochHash),
      number: made.number,
      previous: toBase64Url(made.previous),
      salt: toBase64Url(made.salt),
      ciphertext: toBase64Url(made.ciphertext),
      signature: toBase64Url(made.signature),
    };
  },

  /** What each message says, or why it cannot be opened; in the order given. */
  readMessages: (thread: string, rows: MessageRow[]): Promise<OpenedMessage[]> =>
    Promise.all(rows.map((row) => opened(thread, row))),

  /** Sealed to its author alone, for as long as it waits on this device. */
  async sealWaiting(user: string, id: string, content: Bytes): Promise<WireVersion> {
    const me = await holder(user);
    const header = { suite: SUITE, item: id, owner: user, ...WAITING, revision: 1, previous: [] };
    return versionOut(await seal({ header, content, owner: newest(me) }));
  },

  async openWaiting(user: string, wire: WireVersion): Promise<Bytes> {
    const me = await holder(user);
    const version = versionIn(wire);
    if (version.header.kind !== WAITING.kind) throw damaged();
    return openOwn(version, me, me.keys.map((each) => each.public));
  },

  async closeThreads(): Promise<void> {
    held.clear();
  },
};

export type ThreadDesk = typeof threadDesk;
