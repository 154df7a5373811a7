/** A thread on the screen: opened once, followed while it is looked at, sent from in the background. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { ApiError, OfflineError } from "@/api/problems";
import { type Told, topics } from "@/live/socket";
import { useOnline } from "@/queue/online";
import { useLooks } from "@/safety/looks/useLooks";

import { markRead, openThread } from "./api";
import { onWaitingChange, startSending, type WaitingMessage, waitingFor } from "./outbox";
import { Conversation, type View } from "./shown";
import type { Place } from "./types";

const isRecord = (data: unknown): data is Record<string, unknown> =>
  typeof data === "object" && data !== null;

/** What a device does again by itself, a little later. */
const isPassing = (error: unknown): boolean =>
  error instanceof OfflineError || (error instanceof ApiError && error.status >= 500);

export function useConversation(place: Place, thread: string) {
  const client = useQueryClient();
  const online = useOnline();
  const [newer, setNewer] = useState<View | null>(null);
  const [waiting, setWaiting] = useState<WaitingMessage[]>([]);
  const reached = useRef(0);
  const looks = useLooks(place.user, place.practiceId);
  const { look } = looks;
  const query = useQuery({
    queryKey: ["thread", place.user, thread],
    queryFn: async () => {
      const conversation = new Conversation(place, await openThread(place, thread));
      const around = conversation.firstUnread ?? conversation.lastSeq;
      await conversation.fetch(around - 10, around + 20);
      return conversation;
    },
    networkMode: "always",
    staleTime: Infinity,
    gcTime: 0,
  });
  const conversation = query.data;
  const changed = useCallback(() => {
    if (conversation !== undefined) setNewer(conversation.view());
  }, [conversation]);
  const first = useMemo(() => conversation?.view(), [conversation]);
  const view = newer !== null && newer.of === conversation ? newer : first;

  const follow = useCallback(async () => {
    if (conversation === undefined) return;
    try {
      if (await conversation.follow()) {
        changed();
        void client.invalidateQueries({ queryKey: ["threads"] });
      }
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
  }, [conversation, changed, client]);

  const { user, practiceId } = place;
  useEffect(() => {
    let gone = false;
    const look = async (): Promise<void> => {
      const found = await waitingFor(user, thread);
      if (!gone) setWaiting(found);
    };
    void look();
    const stop = onWaitingChange(() => void look());
    return () => {
      gone = true;
      stop();
    };
  }, [user, thread]);

  useEffect(() => startSending(user, () => void follow(), look), [user, follow, look]);

  useEffect(() => {
    const visible = (): void => {
      if (document.visibilityState === "visible") void follow();
    };
    document.addEventListener("visibilitychange", visible);
    return () => {
      document.removeEventListener("visibilitychange", visible);
    };
  }, [follow]);

  useEffect(() => {
    // Without network it fails at once and changes nothing; with it again, what is new is fetched.
    // oxlint-disable-next-line react/set-state-in-effect
    if (online) void follow();
  }, [follow, online]);

  // The socket says that there is something; without one it says so every 15 seconds.
  useEffect(() => {
    if (conversation === undefined) return undefined;
    const told = async ({ data }: Told): Promise<void> => {
      if (isRecord(data) && data["changed"] === true) await conversation.reopen();
      await follow();
    };
    return topics(practiceId).subscribe(`thread:${thread}`, {
      told: (message) => void told(message),
      gap: () => void follow(),
    });
  }, [conversation, practiceId, thread, follow]);

  /** These places are on the screen: fetch what is missing, and say that they are read. */
  const show = useCallback(
    (first: number, last: number): void => {
      if (conversation === undefined) return;
      conversation.fetch(first - 5, last + 5).then(
        (came) => {
          if (came) changed();
        },
        (error: unknown) => {
          if (!isPassing(error)) throw error;
        },
      );
      const far = Math.min(last, conversation.lastSeq);
      const unread = far > Math.max(conversation.readSeq, reached.current);
      if (!unread || document.visibilityState !== "visible") return;
      reached.current = far;
      markRead(practiceId, thread, far).then(
        () => {
          conversation.readSeq = Math.max(conversation.readSeq, far);
          void client.invalidateQueries({ queryKey: ["threads"] });
        },
        (error: unknown) => {
          reached.current = 0;
          if (!isPassing(error)) throw error;
        },
      );
    },
    [conversation, changed, client, practiceId, thread],
  );

  return { query, view, waiting, changed, follow, show, looks };
}
