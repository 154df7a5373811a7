/** An excerpt or a summary of an item, shared in its place: an item of its own kind. */
import type { Bytes } from "./encoding";
import { damaged } from "./errors";

export const EXCERPT_KIND = "excerpt";
export const EXCERPT_SCHEMA = 1;

export interface Excerpt {
  /** What the reader sees; the original stays unshared. */
  text: string;
  /** The original's item, and its version's hash (base64url). */
  of: string;
  of_hash: string;
  /** The text differs from what stands there. */
  edited: boolean;
  /** ISO 8601, those of the original. */
  begun_at: string;
  written_at: string;
}

/** JSON in UTF-8, fields in this order, no spaces: what is sealed. */
export const excerptBytes = ({ text, of, of_hash, edited, begun_at, written_at }: Excerpt): Bytes =>
  new TextEncoder().encode(JSON.stringify({ text, of, of_hash, edited, begun_at, written_at }));

const parsed = (content: Bytes): unknown => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch {
    throw damaged();
  }
};

/** The excerpt in an opened item; throws where it is not one. */
export function readExcerpt(content: Bytes): Excerpt {
  const found = parsed(content);
  if (typeof found !== "object" || found === null) throw damaged();
  const { text, of, of_hash, edited, begun_at, written_at } = found as Record<string, unknown>;
  const texts = [text, of, of_hash, begun_at, written_at];
  if (texts.some((each) => typeof each !== "string") || typeof edited !== "boolean") throw damaged();
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(of as string)) throw damaged();
  return { text, of, of_hash, edited, begun_at, written_at } as Excerpt;
}
