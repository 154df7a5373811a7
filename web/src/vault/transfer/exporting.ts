/** The journal as files: opened here, put together here, and saved by the browser. */
import { strToU8, zipSync } from "fflate";

import { ApiError, OfflineError } from "@/api/problems";

import { joined, type Photo } from "../content";
import { VaultError } from "../engine/errors";
import { type Entry, entries, type EntryVersion, type Place } from "../journal";
import { openPhoto } from "../photos";
import { toMarkdown } from "./markdown";

export type Picture = (photo: Photo) => Promise<Uint8Array | null>;

const pictureName = (photo: Photo): string =>
  `photos/${photo.file}.${photo.media_type.split("/")[1] ?? "jpeg"}`;

/** A folder of Markdown files, one for each entry, with their pictures: its bytes as a zip file. */
export async function markdownZip(all: readonly Entry[], picture: Picture): Promise<Uint8Array> {
  const files: Record<string, Uint8Array | [Uint8Array, { level: 0 }]> = {};
  for (const entry of all) {
    const written = joined(entry.heads.filter((head) => head.code === null));
    const pictures: string[] = [];
    for (const photo of written.photos ?? []) {
      const content = await picture(photo);
      if (content === null) continue;
      pictures.push(pictureName(photo));
      files[pictureName(photo)] = [content, { level: 0 }];
    }
    const day = entry.begunAt === "" ? "undated" : entry.begunAt.slice(0, 10);
    const name = `${day}-${entry.item.slice(0, 8)}.md`;
    files[name] = strToU8(toMarkdown({ id: entry.item, begunAt: entry.begunAt, written, pictures }));
  }
  return zipSync(files);
}

/** Everything, earlier versions too, as one JSON document. */
export function asJson(all: readonly Entry[], exportedAt: string): string {
  const version = (current: boolean) => (each: EntryVersion) => ({
    current,
    revision: each.revision,
    written_at: each.writtenAt,
    text: each.text,
    tags: each.tags,
    mood: each.mood ?? null,
    prompt: each.prompt ?? null,
    photos: each.photos.map(({ file, media_type, width, height, bytes }) => ({
      file,
      media_type,
      width,
      height,
      bytes,
    })),
    damaged: each.code !== null,
  });
  const listed = all.map(({ item, begunAt, heads, earlier }) => ({
    id: item,
    begun_at: begunAt,
    versions: [...heads.map(version(true)), ...earlier.map(version(false))],
  }));
  const head = { format: "holdfast-journal", version: 1, exported_at: exportedAt };
  return `${JSON.stringify({ ...head, entries: listed }, null, 1)}\n`;
}

/** A picture for an export; null where it cannot be had now. */
export const pictureOf =
  (place: Place): Picture =>
  async (photo) => {
    try {
      return new Uint8Array(await (await openPhoto(place, photo)).arrayBuffer());
    } catch (error) {
      const cannotBeHad = [OfflineError, ApiError, VaultError].some((kind) => error instanceof kind);
      if (cannotBeHad) return null;
      throw error;
    }
  };

export { entries };
