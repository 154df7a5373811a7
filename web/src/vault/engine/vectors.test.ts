// @vitest-environment node
import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import vectors from "../../../../tests/vectors/vault.json";
import { toBase64Url } from "@/auth/bytes";
import { argonKey } from "@/auth/kdf";
import { decodeRecovery } from "@/auth/recovery";

import { pad, sizeClass } from "./content";
import { everyKey, sealEarlier } from "./earlier";
import { pack, uuidBytes } from "./encoding";
import { hashOf, open, packedHeader, seal, type Version } from "./items";
import {
  firstEntry,
  hashOfEntry,
  keysOf,
  newSeeds,
  nextEntry,
  verifyHistory,
} from "./keys";
import {
  associatedOf,
  keyOf,
  PASSWORD_INFO,
  passkeyKey,
  prfMaterial,
  recoveryKey,
  unwrapSeeds,
  type Wrap,
  wrapSeeds,
} from "./wraps";
import { type Case, contentOf, oneTime, person, raw, seedsOf } from "./testing";
import { entryIn, entryOut, versionIn, versionOut, wrapIn, wrapOut, type WireVersion, type WireWrap } from "./wire";

async function sealedAgain(one: Case): Promise<Version> {
  const [, owner] = await person(vectors.owner);
  const [other] = await person(vectors.reader);
  const { header } = versionIn({ ciphertext: "", ...one.version } as WireVersion);
  return seal({
    header,
    content: contentOf(one.content),
    owner,
    readers: one.version.grants.length === 2 ? [other] : [],
    itemKey: raw(one.item_key),
    oneTimeKeys: await Promise.all(one.one_time_keys.map(oneTime)),
  });
}

async function keyBy({ kind, salt, cost }: Wrap, secret: string): Promise<CryptoKey> {
  if (kind === "recovery") return recoveryKey(decodeRecovery(secret)!, salt);
  if (kind === "passkey") return passkeyKey(await prfMaterial(raw(secret)), salt);
  return keyOf(await argonKey(secret, salt, cost), new Uint8Array(0), PASSWORD_INFO);
}

describe("the published vectors of the vault", () => {
  it.each(vectors.items.map((one) => [one.name, one] as const))(
    "%s: sealed here it is Python's, byte for byte",
    async (_, one) => {
      const made = await sealedAgain(one);
      expect(toBase64Url(packedHeader(made.header))).toBe(one.header);
      expect(toBase64Url(await hashOf(made))).toBe(one.hash);
      const { ciphertext, ...rest } = versionOut(made);
      const shown = one.version as Partial<WireVersion> & { ciphertext_sha256?: string };
      const sha256 = createHash("sha256").update(made.ciphertext).digest("base64url");
      expect([ciphertext, sha256]).toContain(shown.ciphertext ?? shown.ciphertext_sha256);
      expect(rest.signature).toBe(shown.signature);
      expect(rest.grants).toEqual(shown.grants);
    },
  );

  it.each(
    vectors.items.flatMap((one) => [
      [one.name, "owner", one] as const,
      [one.name, "reader", one] as const,
    ]),
  )("%s: opens to its %s as far as it is granted", async (_, name, one) => {
    const [owner] = await person(vectors.owner);
    const ciphertext = toBase64Url((await sealedAgain(one)).ciphertext);
    const version = versionIn({ ciphertext, ...one.version } as WireVersion);
    const [reader, keys] = await person(vectors[name]);
    const granted = version.grants.some((grant) => grant.reader === reader.id);
    const opened = await open(version, reader, keys, owner.keys).then(
      (content) => toBase64Url(content),
      (error: unknown) => String(error),
    );
    expect(opened).toBe(
      granted ? toBase64Url(contentOf(one.content)) : "VaultError: item-not-granted",
    );
  });

  it("give the public keys and the history of them", async () => {
    const [owner, keys] = await person(vectors.owner);
    expect(toBase64Url(owner.keys.agreement)).toBe(vectors.owner.agreement);
    expect(toBase64Url(owner.keys.signing)).toBe(vectors.owner.signing);
    const entries = vectors.history.map((entry) => entryIn(entry.user, entry));
    expect(await verifyHistory(owner.id, entries)).toBe(entries[1]);
    for (const [at, entry] of entries.entries()) {
      expect(toBase64Url(await hashOfEntry(entry))).toBe(vectors.history[at]?.hash);
    }
    const { user, hash, ...first } = vectors.history[0]!;
    expect(entryOut(await firstEntry(owner.id, keys, first.created))).toEqual(first);
    expect([user, hash.length]).toEqual([owner.id, 43]);
    for (const wrong of [[], entries.slice(1), [entries[0]!, entries[0]!]]) {
      await expect(verifyHistory(owner.id, wrong)).rejects.toThrow("item-damaged");
    }
  });

  it("open replaced keys by those that follow", async () => {
    const shown = vectors.change_of_keys;
    const fresh = await keysOf(seedsOf(shown));
    const old = await keysOf(seedsOf(vectors.owner));
    const entries = vectors.history.map((entry) => entryIn(entry.user, entry));
    const [first, second] = [entries[0]!, entries[1]!];
    expect(await nextEntry(first, old, fresh, second.created)).toEqual(second);
    const made = await sealEarlier(second, seedsOf(vectors.owner), await oneTime(shown.one_time_key));
    expect(toBase64Url(made)).toBe(shown.earlier);
    const none = new Uint8Array();
    const found = await everyKey(entries, [none, raw(shown.earlier)], fresh);
    expect(found.map((each) => each.public)).toEqual([fresh.public, old.public]);
    const stranger = await sealEarlier(second, newSeeds());
    const changed = raw(shown.earlier);
    changed[40] = (changed[40] ?? 0) ^ 1;
    for (const wrong of [none, changed, stranger]) {
      await expect(everyKey(entries, [none, wrong], fresh)).rejects.toThrow("item-damaged");
    }
    await expect(everyKey(entries, [none, made], old)).rejects.toThrow("item-damaged");
  });

  it.each(vectors.wraps.map((one) => [one.kind, one] as const))(
    "open the keys by %s",
    async (kind, one) => {
      const wire = one as WireWrap;
      const wrap = wrapIn(vectors.owner.id, wire);
      expect(toBase64Url(associatedOf(wrap))).toBe(one.associated);
      const key = await keyBy(wrap, one.secret);
      expect(await unwrapSeeds(wrap, key)).toEqual(seedsOf(vectors.owner));
      const again = await wrapSeeds(wrap, seedsOf(vectors.owner), key, raw(one.nonce));
      expect(wrapOut(again).sealed).toBe(one.sealed);
      const other = await recoveryKey(new Uint8Array(20), wrap.salt);
      await expect(unwrapSeeds(wrap, other)).rejects.toThrow("wrap-not-opened");
      const weak = { ...wrap, cost: { memory_kib: 19_456, passes: 2, parallelism: 1 } };
      await expect(unwrapSeeds(weak, key)).rejects.toThrow(
        kind === "password" ? "wrap-too-weak" : "wrap-not-opened",
      );
    },
    60_000,
  );

  it("say how fields are packed and how sizes are hidden", () => {
    for (const { fields, packed } of vectors.encoding) {
      const [empty, letters, number, id] = fields as [string, string, number, string];
      expect(toBase64Url(pack(empty, letters, number, uuidBytes(id)))).toBe(packed);
    }
    for (const [length, size] of vectors.size_classes) {
      expect(sizeClass(length!)).toBe(size);
      expect(pad(new Uint8Array(length!)).length).toBe(size);
    }
  });
});
