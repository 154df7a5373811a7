// @vitest-environment node
import { describe, expect, it } from "vitest";

import { type Bytes, same } from "./encoding";
import { type Header, hashOf, open, type Reader, seal, SUITE, type Version } from "./items";
import { keysOf, newSeeds, type PrivateKeys } from "./keys";

const OWNER = "00000000-0000-4000-8000-000000000001";
const READER = "00000000-0000-4000-8000-000000000002";
const ITEM = "00000000-0000-4000-8000-000000000009";
const WORDS = new TextEncoder().encode("I told nobody until today.");

const header = (changes: Partial<Header> = {}): Header => ({
  suite: SUITE,
  item: ITEM,
  owner: OWNER,
  kind: "journal",
  schema: 1,
  revision: 1,
  previous: [],
  ...changes,
});

function flipped(bytes: Bytes, at: number): Bytes {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 0x41;
  return copy;
}

async function scene(): Promise<{ owner: PrivateKeys; own: Reader; version: Version }> {
  const owner = await keysOf(newSeeds());
  const own = { id: OWNER, keys: owner.public };
  return { owner, own, version: await seal({ header: header(), content: WORDS, owner }) };
}

describe("an item of the vault", () => {
  it("opens to what was sealed", async () => {
    const { owner, own, version } = await scene();
    expect(same(await open(version, own, owner, owner.public), WORDS)).toBe(true);
  });

  it("says that it was changed, whichever byte of it was", async () => {
    const { owner, own, version } = await scene();
    const [grant] = version.grants;
    const changed: Version[] = [];
    for (let at = 0; at < version.ciphertext.length; at += 1) {
      changed.push({ ...version, ciphertext: flipped(version.ciphertext, at) });
    }
    for (let at = 0; at < version.signature.length; at += 1) {
      changed.push({ ...version, signature: flipped(version.signature, at) });
      changed.push({ ...version, grants: [{ ...grant!, signature: flipped(grant!.signature, at) }] });
    }
    for (let at = 0; at < grant!.sealed.length; at += 1) {
      changed.push({ ...version, grants: [{ ...grant!, sealed: flipped(grant!.sealed, at) }] });
    }
    const headers: Partial<Header>[] = [
      { suite: 2 },
      { item: READER },
      { owner: READER },
      { kind: "journa" },
      { schema: 2 },
      { revision: 2 },
      { revision: 2, previous: [await hashOf(version)] },
    ];
    for (const one of headers) changed.push({ ...version, header: header(one) });
    expect(changed.length).toBeGreaterThan(700);
    for (const one of changed) {
      await expect(open(one, own, owner, owner.public)).rejects.toThrow("item-damaged");
    }
  }, 60_000);

  it("keeps its grants to itself", async () => {
    const { owner, own, version } = await scene();
    const content = new TextEncoder().encode("other words");
    const second = await seal({
      header: header({ revision: 2, previous: [await hashOf(version)] }),
      content,
      owner,
    });
    const elsewhere = await seal({ header: header({ item: READER }), content, owner });
    for (const other of [second, elsewhere]) {
      for (const mixed of [
        { ...version, grants: other.grants },
        { ...version, ciphertext: other.ciphertext },
        { ...version, header: other.header },
      ]) {
        await expect(open(mixed, own, owner, owner.public)).rejects.toThrow("item-damaged");
      }
    }
    const stranger = await keysOf(newSeeds());
    await expect(
      open(version, { id: READER, keys: stranger.public }, stranger, owner.public),
    ).rejects.toThrow("item-not-granted");
    await expect(open(version, own, owner, stranger.public)).rejects.toThrow("item-damaged");
  });

  it("is kept by keys that no script can read", async () => {
    const keys = await keysOf(newSeeds());
    for (const key of [keys.agreement, keys.signing]) {
      expect(key.extractable).toBe(false);
      await expect(crypto.subtle.exportKey("pkcs8", key)).rejects.toThrow("extractable");
    }
  });
});
