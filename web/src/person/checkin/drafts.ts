/** A half-finished check-in, kept on the device after every answer. */
import { v7 as uuid7 } from "uuid";

import { db, type Draft } from "@/queue/db";

export async function loadDraft(id: string, ownerId: string): Promise<Draft | null> {
  const draft = await (await db()).get("drafts", id);
  return draft !== undefined && draft.ownerId === ownerId ? draft : null;
}

export async function saveDraft(draft: Draft): Promise<void> {
  await (await db()).put("drafts", { ...draft, savedAt: new Date().toISOString() });
}

export async function dropDraft(id: string): Promise<void> {
  await (await db()).delete("drafts", id);
}

interface Begin {
  id: string;
  ownerId: string;
  instrument: string;
  version: string;
  language: string;
}

/** A new draft; the response has its final identifier from the first question on. */
export function beginDraft(begin: Begin): Draft {
  const now = new Date().toISOString();
  return { ...begin, responseId: uuid7(), answers: {}, position: 0, startedAt: now, savedAt: now };
}
