/** Keeps a worksheet as a message in the sealed thread of the two. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { VaultError } from "@/vault/engine/errors";
import { fetchThreads } from "@/meet/messages/api";
import { MOST_CHARACTERS } from "@/meet/messages/content";
import { enqueue, onWaitingChange, startSending, waitingFor } from "@/meet/messages/outbox";
import { useNames } from "@/meet/messages/words";
import { useMessagesPlace } from "@/meet/messages/MessagesPage";
import { type Looks, useLooks } from "@/safety/looks/useLooks";
import { vaultWorker } from "@/vault/worker";

import type { Place, Seen } from "../api";
import { readable } from "./readable";
import type { Session } from "./session";
import { threadOf } from "./threadOf";

/** `names`: everybody but oneself who reads that thread. */
export type Target =
  | { state: "ready"; thread: string; names: string }
  | { state: "no-thread" | "closed" | "no-keys" };

export type KeepState = "idle" | "busy" | "waiting" | "sent" | "refused" | "failed";

const BEAT_MS = 15_000;

function useTarget(place: Place, { own, other, side }: Seen): Target | undefined {
  const namesOf = useNames();
  const found = useQuery({
    queryKey: ["worksheet-target", place.practice, place.client, own.account, other.account],
    queryFn: async () => {
      if (own.keys.length === 0) return "no-keys" as const;
      if (!(await vaultWorker.ask("isOpen", own.account))) return "closed" as const;
      const threads = await fetchThreads(place.practice, side === "clinician" ? place.client : undefined);
      return threadOf(threads, [own.account, other.account]) ?? ("no-thread" as const);
    },
    refetchInterval: BEAT_MS,
    networkMode: "always",
  }).data;
  if (found === undefined) return undefined;
  if (typeof found === "string") return { state: found };
  return { state: "ready", thread: found.id, names: namesOf(found.members, own.account) };
}

interface Keeper {
  target: Target | undefined;
  keep: (heading: string) => Promise<void>;
  state: KeepState;
  looks: Looks;
}

export function useKeeping(place: Place, room: Seen, session: Session): Keeper {
  const messages = useMessagesPlace();
  const target = useTarget(place, room);
  const { user, practiceId } = messages;
  const looks = useLooks(user, practiceId);
  const [state, setState] = useState<KeepState>("idle");
  const on = useRef<ReadonlySet<string>>(new Set());
  const { look } = looks;
  const thread = target?.state === "ready" ? target.thread : null;

  useEffect(() => startSending(user, () => undefined, look), [user, look]);

  useEffect(() => {
    if (thread === null) return undefined;
    return onWaitingChange(() => {
      if (on.current.size === 0) return;
      void waitingFor(user, thread).then((waiting) => {
        const ours = waiting.filter(({ id }) => on.current.has(id));
        if (ours.some(({ refused }) => refused !== null)) setState("refused");
        else setState(ours.length > 0 ? "waiting" : "sent");
      });
    });
  }, [user, thread]);

  const keep = async (heading: string): Promise<void> => {
    if (thread === null) return;
    setState("busy");
    try {
      const ids = new Set<string>();
      for (const text of readable(heading, session.sheet.parts, MOST_CHARACTERS)) {
        ids.add(await enqueue(messages, thread, { text, files: [] }));
      }
      on.current = ids;
      session.sheet.keep(room.side);
      setState((now) => (now === "busy" ? "waiting" : now));
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      setState("failed");
    }
  };
  return { target, keep, state, looks };
}
