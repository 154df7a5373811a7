/**
 * Seals each frame of sound and picture for a group, so that the server which passes them on reads
 * none. AES-256-GCM under a key of the sender's own, derived from the room's (HKDF-SHA-256).
 *
 *   clear head | ciphertext and tag | IV (12) | key's number modulo 256 (1)
 *
 * The head (VP8: 10 bytes of a key frame, 3 of another; 1 of sound) stays readable because the server
 * and the browser's own packets need it; it and the key's number are authenticated. Pure: knows no
 * worker and no connection.
 */
import { type Bytes, concat, pack, random } from "@/vault/engine/encoding";

export type Kind = "audio" | "video";
/** `hold`: nothing goes out or is let in before it is known how. `plain`: as without this. */
export type Mode = "hold" | "sealed" | "plain";

/** What the page says to the worker that seals. */
export type ToFrames =
  | { what: "learn"; number: number; key: Bytes }
  | { what: "send"; number: number; own: string }
  | { what: "mode"; mode: Mode }
  | { what: "from"; stream: string; sender: string }
  | { what: "forget" };

/** Of one transform: `stream` names an incoming one, whose sender `from` says. */
export interface FrameOptions {
  kind: Kind;
  stream: string | null;
}

const IV_BYTES = 12;
const PREFIX_BYTES = 4;
const TAG_BYTES = 16;
const TRAILER_BYTES = IV_BYTES + 1;
/** Frames that were on their way when a key was replaced are still opened. */
const KEPT_KEYS = 4;

/** RFC 6386, 9.1: the lowest bit of a VP8 frame is 0 in a key frame. */
export function clearBytes(kind: Kind, data: Uint8Array): number {
  if (kind === "audio") return Math.min(1, data.length);
  return Math.min(((data[0] ?? 0) & 1) === 0 ? 10 : 3, data.length);
}

async function derive(roomKey: Bytes, what: string, whose: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", roomKey, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: pack(`holdfast/group/v1/${what}`, whose) };
  return crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export interface Counts {
  sealed: number;
  opened: number;
  /** Frames that came and could not be opened. */
  refused: number;
  /** Frames that passed as they were. */
  plain: number;
}

/** The keys of one room as a worker holds them, and what they make of frames. */
export class FrameDesk {
  mode: Mode = "hold";
  readonly counts: Counts = { sealed: 0, opened: 0, refused: 0, plain: 0 };
  #rooms = new Map<number, Bytes>();
  #derived = new Map<string, Promise<CryptoKey>>();
  #sending: { number: number; own: string } | null = null;

  /** A key that frames may come under; the ones before it are kept for a while. */
  learn(number: number, key: Bytes): void {
    this.#rooms.delete(number % 256);
    this.#rooms.set(number % 256, key);
    for (const old of [...this.#rooms.keys()].slice(0, -KEPT_KEYS)) this.#rooms.delete(old);
    this.#derived.clear();
  }

  /** What goes out from now on is sealed under this key, by this member. */
  send(number: number, own: string): void {
    this.#sending = { number: number % 256, own };
  }

  /** Forget what was before: whoever is out of the room. */
  forget(): void {
    this.#rooms.clear();
    this.#derived.clear();
    this.#sending = null;
    this.mode = "hold";
  }

  /** Makes the sealer of one stream: frames of it are counted, so that no IV comes twice. */
  sealer(kind: Kind): (data: Bytes) => Promise<Bytes | null> {
    const prefix = random(PREFIX_BYTES);
    let count = 0n;
    return async (data) => {
      if (this.mode === "plain") {
        this.counts.plain += 1;
        return data;
      }
      const key = this.#sending === null ? null : this.#key(this.#sending.number, this.#sending.own);
      if (this.mode === "hold" || this.#sending === null || key === null) return null;
      const { number } = this.#sending;
      const iv = new Uint8Array(IV_BYTES);
      iv.set(prefix);
      new DataView(iv.buffer).setBigUint64(PREFIX_BYTES, (count += 1n));
      const clear = clearBytes(kind, data);
      const head = data.slice(0, clear);
      const how = { name: "AES-GCM", iv, additionalData: concat([head, Uint8Array.of(number)]) };
      const body = new Uint8Array(await crypto.subtle.encrypt(how, await key, data.slice(clear)));
      this.counts.sealed += 1;
      return concat([head, body, iv, Uint8Array.of(number)]);
    };
  }

  /** What a member sent, or null where it cannot be opened as theirs. */
  async open(kind: Kind, data: Bytes, sender: string): Promise<Bytes | null> {
    if (this.mode === "plain") {
      this.counts.plain += 1;
      return data;
    }
    const found = this.mode === "hold" ? null : await this.#opened(kind, data, sender);
    if (found === null) this.counts.refused += 1;
    else this.counts.opened += 1;
    return found;
  }

  async #opened(kind: Kind, data: Bytes, sender: string): Promise<Bytes | null> {
    const clear = clearBytes(kind, data);
    if (data.length < clear + TAG_BYTES + TRAILER_BYTES) return null;
    const number = data[data.length - 1]!;
    const key = this.#key(number, sender);
    if (key === null) return null;
    const head = data.slice(0, clear);
    const iv = data.slice(data.length - TRAILER_BYTES, data.length - 1);
    const how = { name: "AES-GCM", iv, additionalData: concat([head, Uint8Array.of(number)]) };
    try {
      const body = await crypto.subtle.decrypt(how, await key, data.slice(clear, data.length - TRAILER_BYTES));
      return concat([head, new Uint8Array(body)]);
    } catch {
      return null;
    }
  }

  #key(number: number, whose: string): Promise<CryptoKey> | null {
    const room = this.#rooms.get(number);
    if (room === undefined) return null;
    const name = `${number} ${whose}`;
    const found = this.#derived.get(name) ?? derive(room, "frames", whose);
    this.#derived.set(name, found);
    return found;
  }
}

/** A few words for everybody who has the room's key: what somebody is called here. */
export async function sealCard(roomKey: Bytes, whose: string, content: Bytes): Promise<Bytes> {
  const iv = random(IV_BYTES);
  const key = await derive(roomKey, "card", whose);
  return concat([iv, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, content))]);
}

/** Null where it is not theirs, or under another key. */
export async function openCard(roomKey: Bytes, whose: string, sealed: Bytes): Promise<Bytes | null> {
  try {
    const key = await derive(roomKey, "card", whose);
    const how = { name: "AES-GCM", iv: sealed.slice(0, IV_BYTES) };
    return new Uint8Array(await crypto.subtle.decrypt(how, key, sealed.slice(IV_BYTES)));
  } catch {
    return null;
  }
}
