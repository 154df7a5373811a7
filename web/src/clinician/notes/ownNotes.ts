/** Psychotherapy notes: sealed on this device to their author alone, in the vault's item format. */
import { v4 } from "uuid";

import { api, clientPath } from "@/api/client";
import type { Items, Schemas } from "@/api/types";
import { fromBase64Url } from "@/auth/bytes";
import { vaultWorker } from "@/vault/worker";

export const KIND = "psychotherapy-note";
const SCHEMA = 1;

export type Wire = Schemas["SealedNoteOut"];

export interface OwnNote {
  id: string;
  text: string;
  begunAt: string;
  writtenAt: string;
  /** The version that a change follows; null for one that nobody has kept yet. */
  follows: { hash: string; revision: number } | null;
  /** Why it could not be opened. */
  code: string | null;
}

const pathOf = (practice: string, client: string): string =>
  clientPath(practice, client, "/psychotherapy-notes");

export const newNote = (now: string): OwnNote => ({
  id: v4(),
  text: "",
  begunAt: now,
  writtenAt: now,
  follows: null,
  code: null,
});

function readContent(content: Uint8Array): { text: string; begun_at: string; written_at: string } {
  return JSON.parse(new TextDecoder().decode(content)) as ReturnType<typeof readContent>;
}

export async function readNotes(user: string, practice: string, client: string): Promise<OwnNote[]> {
  const { items } = await api.get<Items<Wire>>(pathOf(practice, client));
  const opened = await vaultWorker.ask("openOwn", user, items);
  const notes = items.map((wire, at): OwnNote => {
    const found = opened[at];
    const follows = { hash: found?.hash ?? "", revision: wire.revision };
    const none = { id: wire.item, text: "", begunAt: wire.received_at, writtenAt: wire.received_at, follows };
    if (found === undefined || "code" in found) return { ...none, code: found?.code ?? "item-damaged" };
    // The kind is signed along: a note of another kind in this place is none of these.
    if (wire.kind !== KIND) return { ...none, code: "item-damaged" };
    const { text, begun_at, written_at } = readContent(found.content);
    return { id: wire.item, text, begunAt: begun_at, writtenAt: written_at, follows, code: null };
  });
  return notes.toSorted((a, b) => b.begunAt.localeCompare(a.begunAt));
}

/** Seals and sends; gives the note as it now stands. */
export async function keepNote(
  user: string,
  practice: string,
  client: string,
  note: OwnNote,
): Promise<OwnNote> {
  const writtenAt = new Date().toISOString();
  const content = { text: note.text, begun_at: note.begunAt, written_at: writtenAt };
  const next = {
    item: note.id,
    revision: (note.follows?.revision ?? 0) + 1,
    previous: note.follows === null ? [] : [fromBase64Url(note.follows.hash)],
  };
  const bytes = new TextEncoder().encode(JSON.stringify(content));
  const sealed = await vaultWorker.ask("sealAs", user, { kind: KIND, schema: SCHEMA }, next, bytes);
  await api.post(pathOf(practice, client), sealed.wire);
  return { ...note, writtenAt, follows: { hash: sealed.name, revision: next.revision } };
}

export const dropNote = (practice: string, client: string, id: string): Promise<unknown> =>
  api.delete(`${pathOf(practice, client)}/${id}`);
