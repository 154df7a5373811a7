import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useEffect } from "react";

import type { OutboxEntry } from "./db";
import { db } from "./db";
import { entryOf, onOutboxChange, undelivered } from "./outbox";

export function useFollowOutbox(): void {
  const client = useQueryClient();
  useEffect(
    () => onOutboxChange(() => void client.invalidateQueries({ queryKey: ["outbox"] })),
    [client],
  );
}

/** One answer and the follow-up given to it, as they stand on this device. */
export interface Kept {
  entry: OutboxEntry;
  followUp: OutboxEntry | null;
}

export function useKept(id: string): UseQueryResult<Kept | null> {
  useFollowOutbox();
  return useQuery({
    queryKey: ["outbox", id],
    queryFn: async () => {
      const entry = await entryOf(id);
      if (entry === undefined) return null;
      const all = await (await db()).getAll("outbox");
      return { entry, followUp: all.find((each) => each.body.parent === id) ?? null };
    },
    staleTime: 0,
  });
}

/** Answers that have not arrived yet, or that the server refused. */
export function useUndelivered(ownerId: string): UseQueryResult<OutboxEntry[]> {
  useFollowOutbox();
  return useQuery({
    queryKey: ["outbox", "undelivered", ownerId],
    queryFn: () => undelivered(ownerId),
    staleTime: 0,
  });
}
