// @vitest-environment node
import "fake-indexeddb/auto";

import { afterEach, describe, expect, it } from "vitest";

import { toBase64Url } from "@/auth/bytes";

import { type Bytes, random } from "./engine/encoding";
import type { WireEntry, WireWrap } from "./engine/wire";
import { DEFAULT_COST, keyOf, PASSWORD_INFO, prfMaterial } from "./engine/wraps";
import { keyring, keyringDb } from "./keyring";
import type { Secret } from "./waysIn";

const USER = "00000000-0000-4000-8000-000000000001";
const WORDS = new TextEncoder().encode(JSON.stringify({ text: "from before" }));
const code: Secret = { kind: "recovery", code: new Uint8Array(20) };
const credential = new TextEncoder().encode("a passkey");

async function password(words: string): Promise<Secret> {
  const key = await keyOf(new TextEncoder().encode(words), new Uint8Array(0), PASSWORD_INFO);
  return { kind: "password", key, salt: random(16), cost: DEFAULT_COST };
}

const passkey = async (output: Bytes): Promise<Secret> => ({
  kind: "passkey",
  credential,
  prf: await prfMaterial(output),
});

interface Scene {
  secret: Secret;
  history: WireEntry[];
  wraps: WireWrap[];
}

/** A vault that was set up on this device. */
async function scene(): Promise<Scene> {
  const secret = await password("quiet harbour");
  const { keys, wraps } = await keyring.begin(USER, [secret, code], 1_790_000_000);
  await keyring.confirm(USER);
  return { secret, history: [keys], wraps };
}

const next = { item: "00000000-0000-4000-8000-000000000009", revision: 1, previous: [] };

/** Every key that this device keeps. */
async function keptKeys(): Promise<CryptoKey[]> {
  const database = await keyringDb();
  const rings = await database.getAll("rings");
  database.close();
  return rings.flatMap(({ keys, earlier = [], draftKey }) => [
    draftKey,
    ...[keys, ...earlier].flatMap((each) => [each.agreement, each.signing]),
  ]);
}

afterEach(() => keyring.lock(USER));

describe("a passkey", () => {
  it("opens what the password opens, with its own key and under its own name alone", async () => {
    const { secret, history, wraps } = await scene();
    const output = random(32);
    const copy = output.slice();
    const wrap = await keyring.rewrap(USER, wraps[0]!, secret, await passkey(output));
    expect(output.every((byte) => byte === 0)).toBe(true);
    expect([wrap.kind, wrap.credential]).toEqual(["passkey", toBase64Url(credential)]);
    await keyring.lock(USER);
    expect(await keyring.isOpen(USER)).toBe(false);
    const wrong = await passkey(random(32));
    await expect(keyring.unlock(USER, wrap, wrong, history)).rejects.toThrow("wrap-not-opened");
    const renamed = { ...wrap, credential: toBase64Url(new TextEncoder().encode("another")) };
    const right = await passkey(copy);
    await expect(keyring.unlock(USER, renamed, right, history)).rejects.toThrow("wrap-not-opened");
    await keyring.unlock(USER, wrap, right, history);
    expect(await keyring.isOpen(USER)).toBe(true);
  });

  it("is refused a key of any other length", async () => {
    for (const length of [0, 16, 31, 33]) {
      await expect(prfMaterial(new Uint8Array(length))).rejects.toThrow("wrap-not-opened");
    }
  });
});

describe("what the device keeps", () => {
  it("are keys that no script can take out, after a change of keys, too", async () => {
    const { secret, history, wraps } = await scene();
    const to = [await password("quiet harbour"), code];
    await keyring.change(USER, wraps[0]!, secret, to, history, 1_790_086_400);
    await keyring.confirm(USER);
    const keys = await keptKeys();
    expect(keys).toHaveLength(5);
    for (const key of keys) {
      expect(key.extractable).toBe(false);
      await expect(crypto.subtle.exportKey("pkcs8", key)).rejects.toBeInstanceOf(DOMException);
      await expect(crypto.subtle.exportKey("raw", key)).rejects.toBeInstanceOf(DOMException);
    }
  });
});

describe("new keys", () => {
  it("read all that was sealed to the old ones, on this device and on one that opens later", async () => {
    const { secret, history, wraps } = await scene();
    const before = await keyring.seal(USER, next, WORDS);
    const draft = await keyring.sealDraft(USER, next.item, WORDS);
    const to = [await password("quiet harbour"), code];
    const made = await keyring.change(USER, wraps[0]!, secret, to, history, 1_790_086_400);
    expect(await keyring.sequence(USER), "until it is confirmed the old ones are in force").toBe(1);
    await keyring.confirm(USER);
    expect(await keyring.sequence(USER)).toBe(2);
    expect(await keyring.openDraft(USER, next.item, draft)).toEqual(WORDS);
    const whole = [...history, { ...made.keys, earlier: made.earlier }];
    for (const [way, wrap] of [
      [to[0]!, made.wraps[0]!],
      [code, made.wraps[1]!],
    ] as const) {
      await keyring.lock(USER);
      await keyring.unlock(USER, wrap, way, whole);
      const [opened] = await keyring.open(USER, [before.wire]);
      expect(opened).toEqual({ hash: before.hash, content: WORDS });
    }
    const old = keyring.unlock(USER, wraps[0]!, secret, whole);
    await expect(old, "a way into replaced keys is none").rejects.toThrow("item-damaged");
  });

  it("sign anew what the old ones signed and nobody has yet; its name stays", async () => {
    const { secret, history, wraps } = await scene();
    const waiting = await keyring.seal(USER, next, WORDS);
    expect(await keyring.upToDate(USER, waiting.wire)).toEqual(waiting.wire);
    const to = [await password("quiet harbour"), code];
    await keyring.change(USER, wraps[0]!, secret, to, history, 1_790_086_400);
    await keyring.confirm(USER);
    const fresh = await keyring.upToDate(USER, waiting.wire);
    expect(fresh.ciphertext).toBe(waiting.wire.ciphertext);
    expect(fresh.signature).not.toBe(waiting.wire.signature);
    expect(await keyring.open(USER, [fresh])).toEqual([{ hash: waiting.hash, content: WORDS }]);
    expect(await keyring.upToDate(USER, fresh)).toEqual(fresh);
  });

  it("are not made with the wrong way in, nor for a history that does not hold", async () => {
    const { secret, history, wraps } = await scene();
    const wrong = await password("else");
    const at = 1_790_086_400;
    await expect(
      keyring.change(USER, wraps[0]!, wrong, [secret, code], history, at),
    ).rejects.toThrow("wrap-not-opened");
    const forged = [{ ...history[0]!, created: 1 }];
    await expect(
      keyring.change(USER, wraps[0]!, secret, [secret, code], forged, at),
    ).rejects.toThrow("item-damaged");
    expect(await keyring.sequence(USER)).toBe(1);
  });
});
