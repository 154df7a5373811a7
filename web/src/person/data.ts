/** A person's own data: one query per endpoint, each also readable without network. */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";

import { clientPath } from "@/api/client";
import {
  type ClientView,
  type EncounterView,
  type FlagStatus,
  type Items,
  itemsOf,
  type ProgressView,
  type TodayView,
} from "@/api/types";
import { fetchHeld, heldSince } from "@/queue/held";

/** How often an open screen looks whether something new is asked. */
const TODAY_BEAT_MS = 60_000;

export interface Own {
  practiceId: string;
  clientId: string;
}

function useOwn<T>(key: string, { practiceId, clientId }: Own, rest: string, every?: number): UseQueryResult<T> {
  return useQuery({
    queryKey: [key, practiceId, clientId],
    queryFn: () => fetchHeld<T>(clientPath(practiceId, clientId, rest)),
    ...(every === undefined ? {} : { refetchInterval: every }),
  });
}

export interface Today extends TodayView {
  /** Milliseconds by which the server's clock is ahead of this device's. */
  skew: number;
}

/** What is asked today and in the next two days; renewed, for a worker may have opened more. */
export function useToday({ practiceId, clientId }: Own): UseQueryResult<Today> {
  return useQuery({
    queryKey: ["today", practiceId, clientId],
    queryFn: async () => {
      const path = clientPath(practiceId, clientId, "/today");
      const data = await fetchHeld<TodayView>(path);
      const skew = Date.parse(data.now) - ((await heldSince(path)) ?? Date.now());
      return { ...data, skew: Number.isFinite(skew) ? skew : 0 };
    },
    refetchInterval: TODAY_BEAT_MS,
  });
}

export const useRecord = (own: Own): UseQueryResult<ClientView> => useOwn("record", own, "");

export const useProgress = (own: Own): UseQueryResult<ProgressView> =>
  useOwn("progress", own, "/progress");

export function useMeetings({ practiceId, clientId }: Own): UseQueryResult<EncounterView[]> {
  return useQuery({
    queryKey: ["meetings", practiceId, clientId],
    queryFn: async () =>
      (await fetchHeld<Items<EncounterView>>(clientPath(practiceId, clientId, "/encounters"))).items,
  });
}

/** How often a waiting person's screen asks whether someone has looked. */
export const FLAG_BEAT_MS = 10_000;

export function useFlags({ practiceId, clientId }: Own): UseQueryResult<FlagStatus[]> {
  return useQuery({
    queryKey: ["flags", practiceId, clientId],
    queryFn: async () =>
      itemsOf(
        await fetchHeld<FlagStatus[] | Items<FlagStatus>>(
          clientPath(practiceId, clientId, "/flags"),
        ),
      ),
    refetchInterval: FLAG_BEAT_MS,
  });
}
