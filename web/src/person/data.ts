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
  type SafetyPlanView,
  type TodayView,
} from "@/api/types";
import { fetchHeld } from "@/queue/held";

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

export const useToday = (own: Own): UseQueryResult<TodayView> => useOwn("today", own, "/today");

export const useRecord = (own: Own): UseQueryResult<ClientView> => useOwn("record", own, "");

export const useProgress = (own: Own): UseQueryResult<ProgressView> =>
  useOwn("progress", own, "/progress");

export const usePlan = (own: Own): UseQueryResult<SafetyPlanView> =>
  useOwn("plan", own, "/safety-plan");

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
