// @vitest-environment node
import { describe, expect, it } from "vitest";

import vectors from "../../../../tests/vectors/vault.json";
import { toBase64Url } from "@/auth/bytes";

import type { Bytes } from "./encoding";
import { SUITE, type Self } from "./items";
import type { Signers } from "./keys";
import { oneTime, person, raw } from "./testing";
import {
  beginEpoch,
  type Epoch,
  follow,
  hashOfEpoch,
  hashOfMessage,
  type Message,
  openEpochKey,
  read,
  sealEpochKey,
  verifyEpochs,
  write,
} from "./threads";

const { thread } = vectors;
const epochs: Epoch[] = thread.epochs.map(({ number, previous, maker, members, signature }) => ({
  suite: SUITE,
  thread: thread.id,
  number,
  previous: raw(previous),
  maker,
  members,
  signature: raw(signature),
}));
const [first, second] = epochs as [Epoch, Epoch];
const keyOf = (number: number): Bytes => raw(thread.epochs[number - 1]!.key);

async function people(): Promise<{ me: Self; them: Self; signers: Map<string, Signers> }> {
  const [[owner, mine], [reader, theirs]] = await Promise.all([
    person(vectors.owner),
    person(vectors.reader),
  ]);
  const signers = new Map<string, Signers>([
    [owner.id, owner.keys],
    [reader.id, reader.keys],
  ]);
  return { me: { id: owner.id, keys: [mine] }, them: { id: reader.id, keys: [theirs] }, signers };
}

const messageOf = async (shown: (typeof thread.messages)[number]): Promise<Message> => ({
  suite: SUITE,
  thread: thread.id,
  epoch: shown.epoch,
  epochHash: await hashOfEpoch(epochs[shown.epoch - 1]!),
  author: shown.author,
  number: shown.number,
  previous: raw(shown.previous),
  salt: raw(shown.salt),
  ciphertext: raw(shown.ciphertext),
  signature: raw(shown.signature),
});

describe("a thread", () => {
  it("is made and read as Python does, byte for byte", async () => {
    const { me, them, signers } = await people();
    expect(await verifyEpochs(thread.id, epochs, signers)).toBe(second);
    const made = await beginEpoch(thread.id, [them.id, me.id], me);
    expect(made).toEqual(first);
    expect(await beginEpoch(thread.id, [them.id], them, first)).toEqual(second);
    for (const shown of thread.epochs) {
      const epoch = epochs[shown.number - 1]!;
      expect(toBase64Url(await hashOfEpoch(epoch))).toBe(shown.hash);
      const maker = epoch.maker === me.id ? me : them;
      for (const { one_time_key, ...wire } of shown.keys) {
        const to = wire.member === me.id ? me : them;
        const reader = { id: to.id, keys: to.keys[0]!.public };
        const given = await sealEpochKey(epoch, raw(shown.key), reader, maker.keys[0]!, await oneTime(one_time_key));
        expect(toBase64Url(given.sealed)).toBe(wire.sealed);
        expect(toBase64Url(given.signature)).toBe(wire.signature);
        expect(toBase64Url(await openEpochKey(epoch, given, to, maker.keys[0]!.public))).toBe(shown.key);
      }
    }
    const last = new Map<string, Message>();
    for (const shown of thread.messages) {
      const message = await messageOf(shown);
      const epoch = epochs[shown.epoch - 1]!;
      const author = shown.author === me.id ? me : them;
      const text = await read(message, epoch, keyOf(shown.epoch), signers.get(author.id)!);
      expect(new TextDecoder().decode(text)).toBe(shown.text);
      expect(toBase64Url(await hashOfMessage(message))).toBe(shown.hash);
      const after = last.get(author.id);
      const again = await write({
        text,
        epoch,
        epochKey: keyOf(shown.epoch),
        author,
        salt: message.salt,
        ...(after === undefined ? {} : { after }),
      });
      expect(again).toEqual(message);
      last.set(author.id, message);
    }
  });

  it("notices what was changed, swapped or held back", async () => {
    const { me, them, signers } = await people();
    const mine = signers.get(me.id)!;
    const message = await messageOf(thread.messages[2]!);
    const flip = (bytes: Bytes, at: number): Bytes => bytes.map((byte, here) => (here === at ? byte ^ 0x41 : byte));
    const changed: Message[] = [
      { ...message, suite: 2 },
      { ...message, thread: me.id },
      { ...message, epoch: 2 },
      { ...message, author: them.id },
      { ...message, number: 3 },
      { ...message, number: 1 },
    ];
    for (const field of ["epochHash", "previous", "salt", "ciphertext", "signature"] as const) {
      for (let at = 0; at < message[field].length; at += 1) {
        changed.push({ ...message, [field]: flip(message[field], at) });
      }
    }
    expect(changed.length).toBe(6 + 3 * 32 + 528 + 64);
    for (const one of changed) {
      await expect(read(one, first, keyOf(1), mine)).rejects.toThrow("item-damaged");
    }
    const wrong: Epoch[][] = [
      [],
      [second],
      [first, first],
      [{ ...first, members: [me.id] }],
      [{ ...first, members: [...first.members].reverse() }],
      [{ ...first, maker: them.id }],
      [{ ...first, number: 2 }],
      [first, second, await beginEpoch(thread.id, [me.id, them.id], me, second)],
    ];
    for (const one of wrong) {
      await expect(verifyEpochs(thread.id, one, signers)).rejects.toThrow("item-damaged");
    }
    const own = await Promise.all([thread.messages[0]!, thread.messages[2]!].map(messageOf));
    const last = await follow(null, own);
    expect(last?.number).toBe(2);
    for (const [seen, shown] of [[null, own.slice(1)], [last, own.slice(1)]] as const) {
      await expect(follow(seen, shown)).rejects.toThrow("item-rolled-back");
    }
    const late = write({ text: new Uint8Array(1), epoch: second, epochKey: keyOf(2), author: me });
    await expect(late).rejects.toThrow("item-not-granted");
    const given = thread.epochs[1]!.keys[0]!;
    const key = { member: given.member, sealed: raw(given.sealed), signature: raw(given.signature) };
    await expect(openEpochKey(second, key, me, signers.get(them.id)!)).rejects.toThrow("item-not-granted");
  }, 60_000);
});
