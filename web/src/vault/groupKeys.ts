/**
 * What the vault's worker does for a group's room: the key of its frames, sealed to each member as a
 * thread's key is (`engine/threads`), in an epoch of its own for each change of who is there.
 *
 * The epoch's thread is named by the room, a counter and everybody's number of the moment: what was
 * sealed for another room, or before somebody came back, is of no use.
 */
import { fromBase64Url, toBase64Url } from "@/auth/bytes";

import { type Bytes, digest, random, uuidBytes } from "./engine/encoding";
import { damaged, VaultError } from "./engine/errors";
import { signersOf } from "./engine/keys";
import { beginEpoch, type Epoch, openEpochKey, sealEpochKey, verifyEpochs } from "./engine/threads";
import { entryIn, type WireEntry } from "./engine/wire";
import { holder } from "./keyring";
import { pinned } from "./sharing/pins";

const KEY_BYTES = 32;

/** Somebody in the room: their account, and the number that their device drew on coming. */
export type Seat = readonly [account: string, nonce: string];

export interface KnownMember {
  account: string;
  keys: WireEntry[];
}

/** As it passes over the room's topic. */
export interface RoomKeyWire {
  number: number;
  maker: string;
  seats: Seat[];
  signature: string;
  keys: { member: string; sealed: string; signature: string }[];
}

async function threadOf(room: string, number: number, seats: readonly Seat[]): Promise<string> {
  const named = seats.map(([account, nonce]) => `${account} ${nonce}`).toSorted();
  const bytes = await digest("holdfast/group/v1/room-key", uuidBytes(room), number, ...named);
  const hex = Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const historyOf = ({ account, keys }: KnownMember) => keys.map((entry) => entryIn(account, entry));

export const groupKeys = {
  /** A new key for everybody seated. Throws `keys-changed-unexpectedly` as sharing does. */
  async makeRoomKey(
    user: string,
    room: string,
    number: number,
    seats: Seat[],
    people: KnownMember[],
  ): Promise<{ wire: RoomKeyWire; key: Bytes }> {
    const me = await holder(user);
    const [mine] = me.keys;
    if (mine === undefined) throw new VaultError("vault-locked");
    const thread = await threadOf(room, number, seats);
    const epoch = await beginEpoch(thread, seats.map(([account]) => account), me);
    const key = random(KEY_BYTES);
    const keys = [];
    for (const member of epoch.members) {
      const known = people.find(({ account }) => account === member);
      if (known === undefined) throw new VaultError("item-not-granted");
      const to = member === user ? mine.public : (await pinned(user, member, historyOf(known))).keys;
      const given = await sealEpochKey(epoch, key, { id: member, keys: to }, mine);
      keys.push({ member, sealed: toBase64Url(given.sealed), signature: toBase64Url(given.signature) });
    }
    return { wire: { number, maker: user, seats, signature: toBase64Url(epoch.signature), keys }, key };
  },

  /** The key that somebody made; throws where it is not theirs, or not for this room and moment. */
  async openRoomKey(user: string, room: string, wire: RoomKeyWire, maker: KnownMember): Promise<Bytes> {
    const me = await holder(user);
    const epoch: Epoch = {
      suite: 1,
      thread: await threadOf(room, wire.number, wire.seats),
      number: 1,
      previous: new Uint8Array(32),
      maker: wire.maker,
      members: [...new Set(wire.seats.map(([account]) => account))].sort(),
      signature: fromBase64Url(wire.signature),
    };
    if (maker.account !== wire.maker) throw damaged();
    await pinned(user, maker.account, historyOf(maker));
    const signers = signersOf(historyOf(maker));
    await verifyEpochs(epoch.thread, [epoch], new Map([[wire.maker, signers]]));
    const given = wire.keys.find(({ member }) => member === user);
    if (given === undefined) throw new VaultError("item-not-granted");
    const sealed = fromBase64Url(given.sealed);
    return openEpochKey(epoch, { member: user, sealed, signature: fromBase64Url(given.signature) }, me, signers);
  },
};

export type GroupKeys = typeof groupKeys;
