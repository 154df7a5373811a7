/** Markdown files become entries: each on its own day, none twice. */
import { strFromU8, unzipSync } from "fflate";

import { OfflineError } from "@/api/problems";
import { toBase64Url } from "@/auth/bytes";

import { refresh, rows } from "../catalogue";
import { digest } from "../engine/encoding";
import { isWhole, receive } from "../exchange";
import { adopt, type Place } from "../journal";
import { fromMarkdown, type Page } from "./markdown";

export interface Source {
  name: string;
  text: string;
  modified: Date;
}

export interface Imported {
  added: number;
  /** They were here already. */
  known: number;
  empty: number;
}

/** Not all entries have come to this device, so that it cannot say what would be doubled. */
export class NotWhole extends Error {
  override readonly name = "NotWhole";
}

const isMarkdown = (name: string): boolean =>
  /\.(md|markdown|txt)$/i.test(name) && !name.split("/").some((part) => part.startsWith("."));

/** The Markdown files among those chosen, those in zip files too. */
export async function sourcesOf(files: readonly File[]): Promise<Source[]> {
  const found: Source[] = [];
  for (const file of files) {
    const modified = new Date(file.lastModified);
    const name = file.webkitRelativePath === "" ? file.name : file.webkitRelativePath;
    if (/\.zip$/i.test(name)) {
      const content = new Uint8Array(await file.arrayBuffer());
      const inside = unzipSync(content, { filter: (each) => isMarkdown(each.name) });
      for (const [path, bytes] of Object.entries(inside)) {
        found.push({ name: path, text: strFromU8(bytes), modified });
      }
    } else if (isMarkdown(name)) {
      found.push({ name, text: await file.text(), modified });
    }
  }
  return found;
}

/** Known by its words and its day; a day that only the disk gave says nothing of the file. */
const fingerprint = async ({ begunAt, dated, written }: Page): Promise<string> =>
  toBase64Url(await digest("holdfast/vault/v1/import", dated ? begunAt : "", written.text));

/** Adds what is not here yet. Throws `NotWhole` while older entries are on their way. */
export async function importAll(
  place: Place,
  sources: readonly Source[],
  onStep: (done: number) => void = () => undefined,
): Promise<Imported> {
  try {
    await receive(place);
  } catch (error) {
    if (!(error instanceof OfflineError)) throw error;
  }
  if (!(await isWhole(place))) throw new NotWhole();
  while (await refresh(place)) continue;
  const here = await rows(place);
  const items = new Set(here.map((row) => row.item));
  const prints = new Set(here.map((row) => row.imported));
  const told: Imported = { added: 0, known: 0, empty: 0 };
  for (const [at, { name, text, modified }] of sources.entries()) {
    onStep(at);
    const page = fromMarkdown(name, text, modified);
    if (page === null) {
      told.empty += 1;
      continue;
    }
    const print = await fingerprint(page);
    if (prints.has(print) || (page.id !== undefined && items.has(page.id))) {
      told.known += 1;
      continue;
    }
    prints.add(print);
    await adopt(place, page.written, page.begunAt, print);
    told.added += 1;
  }
  return told;
}
