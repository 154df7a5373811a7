/** What a journal entry says (kind `journal`, schema 2; vault-format.md). Schema 1 had the text alone. */
import type { Bytes } from "./engine/encoding";

/** A picture is a sealed file of its own; its key stands here and nowhere else. */
export interface Photo {
  file: string;
  key: string;
  media_type: string;
  width: number;
  height: number;
  bytes: number;
  /** Of the ciphertext. */
  sha256: string;
}

/** What a person put down, as the page to write on has it. */
export interface Written {
  text: string;
  tags?: string[];
  /** From 1, very unpleasant, to 5, very pleasant. */
  mood?: number;
  /** Code of the question that was written to. */
  prompt?: string;
  photos?: Photo[];
}

export interface Content extends Written {
  begun_at: string;
  written_at: string;
  deleted?: boolean;
  /** Base64url SHA-256 of the file it was read from, so that the same file makes no second entry. */
  imported?: string;
}

export const MOODS = [1, 2, 3, 4, 5] as const;
const MOST_TAGS = 20;
const MOST_TAG_LENGTH = 40;

/** Tags out of a line of them: commas of any script part them; none twice, none too long. */
export function tagsOf(line: string): string[] {
  const tags = line
    .split(/[,،;؛\n]/)
    .map((tag) => tag.trim().replace(/^#/, "").replaceAll(/\s+/g, " ").slice(0, MOST_TAG_LENGTH))
    .filter((tag) => tag !== "");
  return withoutTwins(tags).slice(0, MOST_TAGS);
}

export function withoutTwins(tags: readonly string[]): string[] {
  const seen = new Set<string>();
  return tags.filter((tag) => {
    const folded = tag.toLocaleLowerCase();
    if (seen.has(folded)) return false;
    seen.add(folded);
    return true;
  });
}

/** Leaves out what is empty, so that an entry of words alone looks as it always did. */
export function trimmed({ text, tags = [], mood, prompt, photos = [] }: Written): Written {
  return {
    text,
    ...(tags.length === 0 ? {} : { tags }),
    ...(mood === undefined ? {} : { mood }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(photos.length === 0 ? {} : { photos }),
  };
}

/** Both of two versions in one: all words, tags and pictures; the mood that was given last. */
export function joined(versions: readonly Written[]): Written {
  const photos = new Map(versions.flatMap(({ photos: all = [] }) => all.map((one) => [one.file, one])));
  const mood = versions.findLast((each) => each.mood !== undefined)?.mood;
  const prompt = versions.find((each) => each.prompt !== undefined)?.prompt;
  return trimmed({
    text: versions.map((each) => each.text).join("\n\n"),
    tags: withoutTwins(versions.flatMap(({ tags = [] }) => tags)),
    photos: [...photos.values()],
    ...(mood === undefined ? {} : { mood }),
    ...(prompt === undefined ? {} : { prompt }),
  });
}

export const encodeContent = (content: Content): Bytes =>
  new TextEncoder().encode(JSON.stringify(content));

export const decodeContent = (bytes: Bytes): Content =>
  JSON.parse(new TextDecoder().decode(bytes)) as Content;
