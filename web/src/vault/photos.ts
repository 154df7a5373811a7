/**
 * Pictures of an entry: made smaller and drawn anew, which leaves behind place, camera and hour that a
 * picture carries; sealed in the worker; kept here until all of it has gone out, in pieces.
 */
import { v4 } from "uuid";

import { api, clientPath } from "@/api/client";
import { ApiError, OfflineError } from "@/api/problems";
import type { Schemas } from "@/api/types";
import { fromBase64Url, toBase64Url } from "@/auth/bytes";

import type { Photo } from "./content";
import { ofPerson, type StoredPhoto, vaultDb } from "./db";
import { damaged } from "./engine/errors";
import type { Place } from "./opening";
import { vaultWorker } from "./worker";

const LONGEST_EDGE = 2048;
const QUALITY = 0.85;
const MEDIA_TYPE = "image/jpeg";
/** Of one request; the server takes up to 1 MiB. */
export const PIECE_BYTES = 512 * 1024;
export const MOST_PHOTOS = 8;

/** The file is no picture that this browser can draw. */
export class NotAPicture extends Error {
  override readonly name = "NotAPicture";
}

interface Drawn {
  content: Uint8Array<ArrayBuffer>;
  width: number;
  height: number;
}

/** The picture as it looks, and nothing else of the file. */
async function drawn(file: Blob): Promise<Drawn> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new NotAPicture();
  });
  const scale = Math.min(1, LONGEST_EDGE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, MEDIA_TYPE, QUALITY));
  if (blob === null) throw new NotAPicture();
  const content = new Uint8Array(await blob.arrayBuffer());
  return { content, width: canvas.width, height: canvas.height };
}

/** Seals a picture for an entry and keeps it on this device; it goes out once the entry is saved. */
export async function addPhoto(place: Place, item: string, file: Blob): Promise<Photo> {
  return keepPhoto(place, item, await drawn(file));
}

export async function keepPhoto(place: Place, item: string, picture: Drawn): Promise<Photo> {
  const { content, width, height } = picture;
  const file = v4();
  const sealed = await vaultWorker.ask("sealFile", file, place.user, content);
  const sha256 = toBase64Url(sealed.sha256);
  await (await vaultDb()).put("photos", {
    user: place.user,
    client: place.client,
    file,
    item,
    sealed: sealed.ciphertext,
    sha256,
    refused: null,
  });
  const key = toBase64Url(sealed.key);
  return { file, key, media_type: MEDIA_TYPE, width, height, bytes: content.length, sha256 };
}

/** Lets the pictures of a saved entry go out. */
export async function releasePhotos(place: Place, photos: readonly Photo[]): Promise<void> {
  const database = await vaultDb();
  for (const { file } of photos) {
    const row = await database.get("photos", [place.user, place.client, file]);
    if (row !== undefined && row.sent !== true) await database.put("photos", { ...row, waiting: 1 });
  }
}

/** Takes the pictures of an entry off this device, those alone that were never let out or all. */
export async function dropPhotos(place: Place, item: string, all: boolean): Promise<void> {
  const database = await vaultDb();
  for (const row of await database.getAll("photos", ofPerson(place.user, place.client))) {
    const loose = row.waiting === undefined && row.sent !== true;
    if (row.item === item && (all || loose)) {
      await database.delete("photos", [row.user, row.client, row.file]);
    }
  }
}

const filesPath = ({ practiceId, client }: Place, rest = ""): string =>
  clientPath(practiceId, client, `/vault/files${rest}`);

const FINAL = new Set([400, 404, 413, 422]);
type FileState = Schemas["FileOut"];

/** Sends what waits, each from where the server has it. */
export async function sendPhotos(place: Place): Promise<void> {
  const range = IDBKeyRange.only([place.user, place.client, 1]);
  const database = await vaultDb();
  for (const row of await database.getAllFromIndex("photos", "waiting", range)) {
    if (row.refused !== null) continue;
    try {
      await sendOne(place, row);
      const { waiting: _, ...rest } = row;
      await database.put("photos", { ...rest, sent: true });
    } catch (error) {
      if (!(error instanceof ApiError) || !FINAL.has(error.status)) throw error;
      await database.put("photos", { ...row, refused: error.code });
    }
  }
}

async function sendOne(place: Place, { file, item, sealed, sha256 }: StoredPhoto): Promise<void> {
  const announced = { id: file, item, size: sealed.length, sha256 };
  let state = await api.post<FileState>(filesPath(place), announced);
  while (!state.complete) {
    const data = toBase64Url(sealed.slice(state.received, state.received + PIECE_BYTES));
    const piece = { offset: state.received, data };
    state = await api.post<FileState>(filesPath(place, `/${file}/pieces`), piece);
  }
}

/** The picture itself; `path` leads to the ciphertext, which a reader fetches from another place. */
export async function openPhoto(place: Place, photo: Photo, path?: string): Promise<Blob> {
  const ciphertext = await ciphertextOf(place, photo, path);
  const sealed = {
    key: fromBase64Url(photo.key),
    ciphertext,
    sha256: fromBase64Url(photo.sha256),
  };
  const content = await vaultWorker.ask("openFile", photo.file, place.user, sealed);
  // What the entry says it is, and never a page or a script.
  if (!/^image\/(jpeg|png|webp)$/.test(photo.media_type)) throw damaged();
  return new Blob([content], { type: photo.media_type });
}

async function ciphertextOf(
  place: Place,
  photo: Photo,
  path = filesPath(place, `/${photo.file}/content`),
): Promise<Uint8Array<ArrayBuffer>> {
  const database = await vaultDb();
  const row = await database.get("photos", [place.user, place.client, photo.file]);
  if (row !== undefined) return row.sealed;
  return download(path);
}

async function download(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await fetch(`/api/v1${path}`, { credentials: "same-origin" }).catch(() => {
    throw new OfflineError();
  });
  if (!answer.ok) throw new ApiError(answer.status, `http-${answer.status}`, "");
  return new Uint8Array(await answer.arrayBuffer());
}
