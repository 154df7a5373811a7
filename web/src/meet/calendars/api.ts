/** One's own calendar elsewhere: what it shows of ours, and what of it blocks times here. */
import { useMutation, type UseMutationResult, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";

import { api, practicePath } from "@/api/client";
import type { Schemas } from "@/api/types";

export type CalendarState = Schemas["CalendarOut"];
export type Account = Schemas["CalendarAccountOut"];
export type Question = Schemas["CalendarQuestion"];
export type Found = Schemas["CalendarFound"];

const keyOf = (practice: string): readonly string[] => ["calendar", practice];

export const calendarPath = (practice: string, rest = ""): string =>
  practicePath(practice, `/calendar${rest}`);

export const useCalendar = (practice: string): UseQueryResult<CalendarState> =>
  useQuery({
    queryKey: keyOf(practice),
    queryFn: () => api.get<CalendarState>(calendarPath(practice)),
  });

/** A change whose answer is the whole state, or nothing (null): then it is asked for. */
export function useCalendarChange<V>(
  practice: string,
  change: (value: V) => Promise<CalendarState | null>,
): UseMutationResult<CalendarState | null, Error, V> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (state) => {
      if (state === null) await client.invalidateQueries({ queryKey: keyOf(practice) });
      else client.setQueryData(keyOf(practice), state);
    },
  });
}
