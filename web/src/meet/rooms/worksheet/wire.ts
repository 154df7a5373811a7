/**
 * What two devices say of their worksheet, beside the words of a visit. Knows nothing of the document
 * itself, so that it costs the room nothing before somebody opens a sheet.
 */
import { fromBase64Url, toBase64Url } from "@/auth/bytes";
import type { Bytes } from "@/vault/engine/encoding";

/**
 * `have`: how far this device knows the document (a state vector); `back`: said in answer, so that it
 * is not answered again. `piece`: one part of an update. `at`: the field this side is in, if any.
 */
export type SheetTold =
  | { t: "sheet"; k: "have"; v: string; back: boolean }
  | { t: "sheet"; k: "piece"; id: number; at: number; of: number; d: string }
  | { t: "sheet"; k: "at"; f: string | null };

/** What is kept of one visit's sheet at most, as its document is sent. */
export const MOST_BYTES = 100_000;
/** Base64 of one message: below what every browser passes on in one. */
const PIECE = 12_000;
const MOST_PIECES = Math.ceil((MOST_BYTES * 4) / 3 / PIECE) + 1;
const LONGEST_VECTOR = 8000;
export const LONGEST_NAME = 64;

/** The state vector of a document in which nothing stands. */
export const NOTHING = "AA";

const whole = (value: unknown, from: number, to: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to;

const within = (value: unknown, longest: number): value is string =>
  typeof value === "string" && value.length <= longest;

/** What the other side said, if it is one of these. */
export function sheetOf(told: Record<string, unknown>): SheetTold | null {
  const { k, v, back, id, at, of, d, f } = told;
  if (k === "have" && within(v, LONGEST_VECTOR)) return { t: "sheet", k, v, back: back === true };
  if (k === "at" && (f === null || within(f, LONGEST_NAME))) return { t: "sheet", k, f };
  const placed = whole(of, 1, MOST_PIECES) && whole(at, 0, of - 1) && whole(id, 0, Number.MAX_SAFE_INTEGER);
  return k === "piece" && placed && within(d, PIECE) ? { t: "sheet", k, id, at, of, d } : null;
}

/** Text as bytes, or null where it is none. */
export function bytesOf(text: string): Bytes | null {
  try {
    return fromBase64Url(text);
  } catch {
    return null;
  }
}

let updates = 0;

/** An update in as many messages as it takes. */
export function inPieces(update: Uint8Array): SheetTold[] {
  const text = toBase64Url(update);
  const of = Math.max(1, Math.ceil(text.length / PIECE));
  const id = (updates += 1);
  return Array.from({ length: of }, (_, at) => ({
    t: "sheet",
    k: "piece",
    id,
    at,
    of,
    d: text.slice(at * PIECE, (at + 1) * PIECE),
  }));
}

/** Puts an update together. The line keeps the order, so one that has a hole is given up. */
export class Pieces {
  #id = -1;
  #parts: string[] = [];

  take({ id, at, of, d }: Extract<SheetTold, { k: "piece" }>): string | null {
    if (at === 0) {
      this.#id = id;
      this.#parts = [];
    }
    if (id !== this.#id || at !== this.#parts.length) {
      this.#id = -1;
      return null;
    }
    this.#parts.push(d);
    if (this.#parts.length < of) return null;
    this.#id = -1;
    return this.#parts.join("");
  }
}
