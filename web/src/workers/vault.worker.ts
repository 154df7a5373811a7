/** The vault's keys live in this worker; the page asks it to seal and to open. */
import { threadDesk } from "@/meet/messages/desk";
import { peerDesk } from "@/meet/peers/desk";
import { calling } from "@/vault/calling";
import { groupKeys } from "@/vault/groupKeys";
import { keyring } from "@/vault/keyring";
import { sealing } from "@/vault/sharing/sealing";
import type { Answer, Call } from "@/vault/worker";

const desk = { ...keyring, ...sealing, ...calling, ...threadDesk, ...peerDesk, ...groupKeys };

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = async (event: MessageEvent<Call>): Promise<void> => {
  const { id, name, given } = event.data;
  let answer: Answer;
  try {
    const work = desk[name] as (...all: unknown[]) => Promise<unknown>;
    answer = { id, value: await work(...given) };
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : "vault-failed" };
  }
  self.postMessage(answer);
};
