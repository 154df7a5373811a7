/** The first words of something shared, opened on the person's own device. */
import { decodeContent } from "../content";
import { EXCERPT_KIND, readExcerpt } from "../engine/excerpts";
import type { Place } from "../opening";
import { vaultWorker } from "../worker";
import { versionOf } from "./api";
import type { Shown } from "./SharedContent";
import type { SharedItem } from "./types";

const GLANCE = 90;

/** One line of a text. */
export function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > GLANCE ? `${line.slice(0, GLANCE).trimEnd()}…` : line;
}

export interface Glance {
  what: Shown["what"];
  text: string;
  begunAt: string;
}

/** Null where this device cannot open it. */
export async function glance(place: Place, item: SharedItem): Promise<Glance | null> {
  const wire = await versionOf(place, item);
  if (wire === null) return null;
  const [read] = await vaultWorker.ask("openOwn", place.user, [wire]);
  if (read === undefined || "code" in read) return null;
  if (item.kind === EXCERPT_KIND) {
    const { text, begun_at, edited } = readExcerpt(read.content);
    return { what: edited ? "summary" : "excerpt", text: shortened(text), begunAt: begun_at };
  }
  const { text, begun_at } = decodeContent(read.content);
  return { what: "entry", text: shortened(text), begunAt: begun_at };
}
