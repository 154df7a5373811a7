/**
 * Everything that is here about a person, as one zip file: what the server has, as a FHIR bundle, as
 * tables and as a page to read; and the private writing, opened on this device and nowhere else.
 */
import { strToU8, unzipSync, zipSync } from "fflate";

import { API_BASE, ApiError, clientPath, send } from "@/api/client";
import type { Entry, Place } from "@/vault/journal";
import { asJson, entries, markdownZip, pictureOf } from "@/vault/transfer/exporting";

import type { Bundle } from "./bundle";
import { readable, type Reader } from "./readable";

export interface Taken {
  zip: Uint8Array<ArrayBuffer>;
  /** Something of the private writing could not be opened. */
  damaged: boolean;
}

interface Own {
  practiceId: string;
  clientId: string;
}

type Files = Record<string, Uint8Array>;

async function download({ practiceId, clientId }: Own, format: string): Promise<Uint8Array> {
  const path = API_BASE + clientPath(practiceId, clientId, "/export");
  const answer = await send(path, "GET", { query: { format } });
  if (!answer.ok) throw new ApiError(answer.status, `http-${answer.status}`, "");
  return new Uint8Array(await answer.arrayBuffer());
}

/** Puts the file together. `place` is null where the private writing stays behind. */
export async function takeAlong(own: Own, place: Place | null, reader: Reader): Promise<Taken> {
  const madeAt = new Date().toISOString();
  const fhir = await download(own, "fhir");
  const tables = unzipSync(await download(own, "csv"));
  const bundle = JSON.parse(new TextDecoder().decode(fhir)) as Bundle;
  const files: Files = {
    "record.html": strToU8(readable(bundle, madeAt, reader)),
    "record.fhir.json": fhir,
  };
  for (const [name, content] of Object.entries(tables)) files[`tables/${name}`] = content;
  let damaged = false;
  if (place !== null) {
    const all = await entries(place);
    Object.assign(files, await journalFiles(place, all, madeAt));
    damaged = all.some(({ heads }) => heads.some((head) => head.code !== null));
  }
  return { zip: new Uint8Array(zipSync(files)), damaged };
}

async function journalFiles(place: Place, all: readonly Entry[], madeAt: string): Promise<Files> {
  const pages = unzipSync(await markdownZip(all, pictureOf(place)));
  const files: Files = { "journal/journal.json": strToU8(asJson(all, madeAt)) };
  for (const [name, content] of Object.entries(pages)) files[`journal/${name}`] = content;
  return files;
}
