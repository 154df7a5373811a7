/** A chat on the screen: opened once, followed while it is looked at. Nothing of it is stored here. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { v7 } from "uuid";

import { api, ApiError, clientPath } from "@/api/client";
import { useActive, useOwnRecord } from "@/api/session";
import type { Items } from "@/api/types";
import { topics } from "@/live/socket";
import { vaultWorker } from "@/vault/worker";

import { KEY } from "./api";
import type { PeerMessageWire, PeerOpenWire } from "./types";

export interface ShownMessage {
  row: PeerMessageWire;
  mine: boolean;
  /** Null: it does not verify. */
  text: string | null;
}

const MOST_ROUNDS = 4;

export function useChat(id: string) {
  const { me } = useActive();
  const { practiceId, clientId } = useOwnRecord();
  const cache = useQueryClient();
  const path = clientPath(practiceId, clientId, `/peer-chats/${id}`);
  const [messages, setMessages] = useState<readonly ShownMessage[]>([]);
  const busy = useRef<Promise<void>>(Promise.resolve());
  const reached = useRef(0);
  const chat = useQuery({
    queryKey: [KEY, "chat", id],
    queryFn: async () => {
      const wire = await api.get<PeerOpenWire>(path);
      if (wire.other !== null) await vaultWorker.ask("peerOpen", me.id, wire);
      return wire;
    },
    gcTime: 0,
  });
  const wire = chat.data;
  const ready = wire !== undefined && wire.other !== null;
  const alias = wire?.alias;
  const { refetch } = chat;

  const follow = useCallback((): Promise<void> => {
    const work = async (): Promise<void> => {
      if (!ready) return;
      for (;;) {
        const after = reached.current;
        const { items } = await api.get<Items<PeerMessageWire>>(`${path}/messages`, { query: { after } });
        if (items.length === 0) return;
        const texts = await vaultWorker.ask("peerRead", id, items);
        const fresh = items.map((row, at) => ({ row, mine: row.alias === alias, text: texts[at] ?? null }));
        reached.current = items.at(-1)?.seq ?? after;
        setMessages((all) => [...all, ...fresh]);
      }
    };
    // One after another, so that nothing is shown twice. What fails now is asked for at the next news.
    busy.current = busy.current.then(work).catch((error: unknown) => {
      if (!(error instanceof ApiError) && !(error instanceof Error)) throw error;
    });
    return busy.current;
  }, [ready, path, id, alias]);

  useEffect(() => {
    void follow();
    return topics(practiceId).subscribe(`peer:${id}`, {
      told: ({ data }) => {
        const changed = typeof data === "object" && data !== null && "changed" in data;
        if (changed) void refetch();
        void follow();
      },
      gap: () => {
        void refetch();
        void follow();
      },
    });
  }, [follow, practiceId, id, refetch]);

  /** Sealed after one's last; where another device was faster, after that one. */
  const send = useCallback(
    async (text: string): Promise<void> => {
      const message = v7();
      for (let round = 0; ; round += 1) {
        const { own_last } = await api.get<PeerOpenWire>(path);
        const sealed = await vaultWorker.ask("peerWrite", id, text, own_last);
        try {
          await api.post(`${path}/messages`, { id: message, ...sealed });
          break;
        } catch (error) {
          const again = error instanceof ApiError && error.code === "thread-message-out-of-place";
          if (!again || round >= MOST_ROUNDS) throw error;
        }
      }
      await follow();
    },
    [path, id, follow],
  );

  const changed = useCallback(async () => {
    await refetch();
    await cache.invalidateQueries({ queryKey: [KEY] });
  }, [refetch, cache]);

  return { chat, messages, send, path, changed };
}
