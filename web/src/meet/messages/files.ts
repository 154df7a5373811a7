/** Files and voice notes of a thread: fetched, checked and opened on this device. */
import { API_BASE, send } from "@/api/client";
import { ApiError } from "@/api/problems";
import { fromBase64Url } from "@/auth/bytes";
import { vaultWorker } from "@/vault/worker";

import { threadsPath } from "./api";
import type { Attached } from "./content";
import { messagesDb } from "./db";

/** Sealed it is a little longer; the server takes 32 MiB. */
export const MOST_FILE_BYTES = 31 * 1024 * 1024;
const PLAYED = /^audio\/(webm|mp4|ogg|mpeg)(;|$)/;

/** Whether a file is played here; anything else is saved, never opened in the page. */
export const isVoice = ({ media_type, seconds }: Attached): boolean =>
  seconds !== undefined && PLAYED.test(media_type);

/** What a file holds. `sender` sealed it; one that has not gone out lies on this device. */
export async function openAttached(
  practiceId: string,
  thread: string,
  sender: string,
  attached: Attached,
): Promise<Blob> {
  const { file, key, sha256, media_type } = attached;
  const here = await (await messagesDb()).get("files", file);
  const ciphertext = here?.sealed ?? (await download(practiceId, thread, file));
  const sealed = { key: fromBase64Url(key), ciphertext, sha256: fromBase64Url(sha256) };
  const content = await vaultWorker.ask("openFile", file, sender, sealed);
  return new Blob([content], { type: isVoice(attached) ? media_type : "application/octet-stream" });
}

async function download(practiceId: string, thread: string, file: string) {
  const path = threadsPath(practiceId, `/${thread}/files/${file}/content`);
  const answer = await send(API_BASE + path, "GET");
  if (!answer.ok) throw new ApiError(answer.status, `http-${answer.status}`, "");
  return new Uint8Array(await answer.arrayBuffer());
}
