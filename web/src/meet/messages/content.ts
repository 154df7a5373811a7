/** What a message says once it is opened (vault-format.md, "What a message says"). */
import type { Bytes } from "@/vault/engine/encoding";
import { damaged } from "@/vault/engine/errors";

/** A file or a voice note: sealed by itself; its key stands here and nowhere else. */
export interface Attached {
  file: string;
  key: string;
  /** Of the ciphertext. */
  sha256: string;
  name: string;
  media_type: string;
  bytes: number;
  /** Of a voice note. */
  seconds?: number;
}

export interface Said {
  /** The message's own identifier: who exchanges two messages of one sender is noticed. */
  id: string;
  text: string;
  written_at: string;
  files: Attached[];
}

const VERSION = 1;
export const MOST_CHARACTERS = 16_000;
export const MOST_FILES = 8;

export const saidBytes = (said: Said): Bytes =>
  new TextEncoder().encode(JSON.stringify({ version: VERSION, ...said }));

const isAttached = (value: unknown): value is Attached => {
  const each = value as Partial<Attached> | null;
  const words = [each?.file, each?.key, each?.sha256, each?.name, each?.media_type];
  return words.every((word) => typeof word === "string") && typeof each?.bytes === "number";
};

/** Throws where it is nothing that this version of the client knows. */
export function saidIn(bytes: Bytes): Said {
  let found: Partial<Said> & { version?: number };
  try {
    found = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as typeof found;
  } catch {
    throw damaged();
  }
  const { id, text, written_at, files } = found;
  const known = found.version === VERSION && typeof id === "string" && typeof text === "string";
  if (!known || typeof written_at !== "string") throw damaged();
  if (!Array.isArray(files) || !files.every(isAttached)) throw damaged();
  return { id, text, written_at, files };
}
