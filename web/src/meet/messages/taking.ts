/** A person's own threads for the file that they take along, opened on this device. */
import { ApiError } from "@/api/problems";
import { VaultError } from "@/vault/engine/errors";

import { fetchThreads, openThread } from "./api";
import { openAttached } from "./files";
import { Conversation } from "./shown";
import type { Place } from "./types";

const STEP = 200;

export interface TakenThreads {
  files: Record<string, Uint8Array>;
  /** Some message or file could not be opened. */
  damaged: boolean;
}

/** Each thread as JSON, with its files beside it. Threads about the person are not among them. */
export async function takeThreads(place: Place): Promise<TakenThreads> {
  const taken: TakenThreads = { files: {}, damaged: false };
  for (const { id } of await fetchThreads(place.practiceId)) {
    const conversation = new Conversation(place, await openThread(place, id));
    for (let seq = conversation.fromSeq; seq <= conversation.lastSeq; seq += STEP) {
      await conversation.fetch(seq, seq + STEP - 1);
    }
    await addThread(taken, conversation);
  }
  return taken;
}

async function addThread(taken: TakenThreads, { messages, thread, place }: Conversation): Promise<void> {
  const { id, people } = thread.wire;
  const names = new Map(people.map((person) => [person.id, person.name]));
  const rows = [...messages.values()].sort((a, b) => a.seq - b.seq);
  const shown = rows.map(({ seq, at, sender, said, retracted }) => ({
    place: seq,
    at,
    from: names.get(sender ?? "") ?? "",
    text: said?.text ?? null,
    files: said?.files.map(({ file, name }) => ({ file, name })) ?? [],
    retracted,
  }));
  const about = { thread: id, with: people.filter(({ member }) => member).map(({ name }) => name) };
  const json = JSON.stringify({ ...about, messages: shown }, null, 2);
  taken.files[`messages/${id}.json`] = new TextEncoder().encode(json);
  for (const { said, sender, code } of rows) {
    if (code !== null) taken.damaged = true;
    for (const attached of said?.files ?? []) {
      try {
        const blob = await openAttached(place.practiceId, id, sender ?? "", attached);
        taken.files[`messages/files/${attached.file}`] = new Uint8Array(await blob.arrayBuffer());
      } catch (error) {
        if (!(error instanceof VaultError || error instanceof ApiError)) throw error;
        taken.damaged = true;
      }
    }
  }
}
