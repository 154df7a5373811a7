/** The page's side of the vault's worker: one worker for the page, one promise for each question. */
import type { ThreadDesk } from "@/meet/messages/desk";
import type { PeerDesk } from "@/meet/peers/desk";

import type { Calling } from "./calling";
import { isVaultCode, VaultError } from "./engine/errors";
import type { GroupKeys } from "./groupKeys";
import type { Keyring } from "./keyring";
import type { Sealing } from "./sharing/sealing";

/** What the worker answers. */
export type Desk = Keyring & Sealing & Calling & ThreadDesk & PeerDesk & GroupKeys;

export interface Call {
  id: number;
  name: keyof Desk;
  given: unknown[];
}

export type Answer = { id: number; value: unknown } | { id: number; error: string };

let worker: Worker | null = null;
let last = 0;
const waiting = new Map<number, { done: (value: unknown) => void; failed: (why: Error) => void }>();

function settle({ data }: MessageEvent<Answer>): void {
  const asked = waiting.get(data.id);
  waiting.delete(data.id);
  if ("value" in data) asked?.done(data.value);
  else asked?.failed(isVaultCode(data.error) ? new VaultError(data.error) : new Error(data.error));
}

function start(): Worker {
  const made = new Worker(new URL("../workers/vault.worker.ts", import.meta.url), {
    type: "module",
    name: "vault",
  });
  made.addEventListener("message", settle);
  made.addEventListener("error", (event) => {
    for (const { failed } of waiting.values()) failed(new Error(event.message));
    waiting.clear();
    worker = null;
  });
  return made;
}

function ask<Name extends keyof Desk>(
  name: Name,
  ...given: Parameters<Desk[Name]>
): ReturnType<Desk[Name]> {
  worker ??= start();
  if (name === "lock") forgetReadable();
  last += 1;
  const call: Call = { id: last, name, given };
  const answer = new Promise<unknown>((done, failed) => waiting.set(call.id, { done, failed }));
  worker.postMessage(call);
  return answer as ReturnType<Desk[Name]>;
}

const forgetful: (() => void)[] = [];

/** What is readable in the page's own memory is let go when the vault is locked. */
export const whenLocked = (forget: () => void): void => void forgetful.push(forget);

const forgetReadable = (): void => forgetful.forEach((forget) => forget());

/** Ends the worker, and with it every key in its memory. */
export function stopWorker(): void {
  worker?.terminate();
  worker = null;
  forgetReadable();
}

export const vaultWorker = { ask };
