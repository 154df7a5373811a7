/** What lists and searches need to know of an entry, made out of all its versions. */
import { withoutTwins, type Content } from "./content";
import type { StoredVersion } from "./db";
import { folded } from "./search";

/** One entry in the list. */
export interface Row {
  item: string;
  begunAt: string;
  /** Hashes of the versions that nothing follows: more than one where two devices changed it. */
  heads: string[];
  tags: string[];
  mood?: number;
  imported?: string;
}

export interface Summary {
  row: Row;
  /** Folded, as a search compares them. */
  words: string;
}

export type Known = Content | { code: string };

/** Other kinds, such as excerpts, stand among the versions and are no entries. */
export const KIND = "journal";

/** The versions that nothing follows, of those of one entry. */
export function headsOf(versions: readonly StoredVersion[]): StoredVersion[] {
  const followed = new Set(versions.flatMap((version) => version.wire.previous));
  return versions.filter(
    ({ wire, forgotten, hash }) => wire.kind === KIND && !forgotten && !followed.has(hash),
  );
}

/** The summary, or null of an entry that is deleted. `contents` holds those of all heads. */
export function summarise(
  item: string,
  heads: readonly StoredVersion[],
  contents: ReadonlyMap<string, Known>,
): Summary | null {
  const shown = heads.filter(({ hash }) => {
    const content = contents.get(hash);
    return content !== undefined && ("code" in content || content.deleted !== true);
  });
  if (shown.length === 0) return null;
  const readable = shown.flatMap(({ hash }) => {
    const content = contents.get(hash);
    return content === undefined || "code" in content ? [] : [content];
  });
  readable.sort((a, b) => a.written_at.localeCompare(b.written_at));
  const mood = readable.findLast((each) => each.mood !== undefined)?.mood;
  const imported = readable.find((each) => each.imported !== undefined)?.imported;
  const tags = withoutTwins(readable.flatMap((each) => each.tags ?? []));
  return {
    row: {
      item,
      begunAt: readable[0]?.begun_at ?? "",
      heads: shown.map(({ hash }) => hash),
      tags,
      ...(mood === undefined ? {} : { mood }),
      ...(imported === undefined ? {} : { imported }),
    },
    words: folded([...readable.map((each) => each.text), ...tags].join(" ")),
  };
}

/** Newest first; what could not be opened has no day and stands last. */
export const newestFirst = (rows: readonly Row[]): Row[] =>
  rows.toSorted((a, b) => (a.begunAt < b.begunAt ? 1 : a.begunAt > b.begunAt ? -1 : 0));
