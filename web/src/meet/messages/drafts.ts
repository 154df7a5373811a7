/** What is being written in a thread, sealed on this device for itself alone. */
import { VaultError } from "@/vault/engine/errors";
import { vaultWorker } from "@/vault/worker";

import type { Said } from "./content";
import { messagesDb } from "./db";

export type Draft = Pick<Said, "text" | "files">;

const nameOf = (thread: string): string => `thread ${thread}`;

export const isEmpty = ({ text, files }: Draft): boolean => text.trim() === "" && files.length === 0;

export async function keepDraft(user: string, thread: string, draft: Draft): Promise<void> {
  const database = await messagesDb();
  if (isEmpty(draft)) return database.delete("drafts", [user, thread]);
  const content = new TextEncoder().encode(JSON.stringify(draft));
  const sealed = await vaultWorker.ask("sealLocal", user, nameOf(thread), content);
  await database.put("drafts", { user, thread, ...sealed });
}

/** The draft; nothing where there is none, or where this device sealed it for another log-in. */
export async function draftOf(user: string, thread: string): Promise<Draft> {
  const found = await (await messagesDb()).get("drafts", [user, thread]);
  if (found === undefined) return { text: "", files: [] };
  try {
    const content = await vaultWorker.ask("openLocal", user, nameOf(thread), found);
    return JSON.parse(new TextDecoder().decode(content)) as Draft;
  } catch (error) {
    if (error instanceof VaultError) return { text: "", files: [] };
    throw error;
  }
}
