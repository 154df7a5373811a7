/** Exact words on their way to whoever is on call: sealed here, to them and to nobody else. */
import { v4 } from "uuid";

import type { Place } from "@/vault/opening";
import { vaultWorker } from "@/vault/worker";

import { fetchReaders, postPassage } from "./api";

const KIND = { kind: "passage", schema: 1 };

/** Why nothing was sent. */
export type Unsent = "nobody" | "no-key";

/** Seals the words to those who answer for the flag, and sends them; gives the readers' names. */
export async function sendPassage(place: Place, text: string): Promise<string[] | Unsent> {
  const { flag, readers } = await fetchReaders(place);
  if (flag === null || readers.length === 0) return "nobody";
  const able = readers.filter(({ keys }) => keys.length > 0);
  if (able.length === 0) return "no-key";
  const content = JSON.stringify({ text, written_at: new Date().toISOString() });
  const bytes = new TextEncoder().encode(content);
  const next = { item: v4(), revision: 1, previous: [] };
  const { wire } = await vaultWorker.ask("sealAs", place.user, KIND, next, bytes);
  for (const reader of able) {
    for (const given of await vaultWorker.ask("grantTo", place.user, [wire], reader)) {
      const { sealed, signature } = given;
      wire.grants.push({ reader: given.reader, sealed, signature });
    }
  }
  const { to } = await postPassage(place, { version: wire, report: null });
  return to;
}
