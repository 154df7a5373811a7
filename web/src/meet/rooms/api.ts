/** A visit's endpoints, and where it is as this device last heard. */
import { type QueryClient, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";

import { api, clientPath } from "@/api/client";
import type { Schemas } from "@/api/types";

export type Room = Schemas["RoomOut"];
export type Visit = Schemas["VisitOut"];
export type DeviceChecks = Schemas["DeviceChecks"];

export interface Place {
  practice: string;
  client: string;
  encounter: string;
}

export { GOING_ON, OPEN, OVER, WITH_ROOM } from "./states";

export type Step = "arrive" | "leave" | "admit" | "finish" | "no-show";

const path = ({ practice, client, encounter }: Place, rest: string): string =>
  clientPath(practice, client, `/encounters/${encounter}/${rest}`);

const roomKey = ({ practice, client, encounter }: Place) => ["room", practice, client, encounter] as const;

/** What the server's clock is ahead of this device's by comes with it, in milliseconds. */
export interface Seen extends Room {
  skew: number;
}

const seen = (room: Room): Seen => ({ ...room, skew: Date.parse(room.now) - Date.now() });

/** An answer that was on its way while the visit moved on does not take it back. */
export const newest = (came: Visit, held: Visit | undefined): Visit =>
  held !== undefined && held.moves > came.moves ? held : came;

/** Relay credentials run for an hour. */
const RENEW_MS = 40 * 60_000;

export function useRoom(place: Place): UseQueryResult<Seen> {
  return useQuery({
    queryKey: roomKey(place),
    queryFn: async ({ client, queryKey }) => {
      const room = seen(await api.get<Room>(path(place, "room")));
      return { ...room, visit: newest(room.visit, client.getQueryData<Seen>(queryKey)?.visit) };
    },
    // Each reading by the clinician stands in the person's access log.
    refetchOnWindowFocus: false,
    refetchInterval: RENEW_MS,
    refetchIntervalInBackground: true,
    staleTime: 0,
    gcTime: 0,
  });
}

function keep(cache: QueryClient, place: Place, visit: Visit): void {
  cache.setQueryData<Seen>(roomKey(place), (room) =>
    room === undefined ? room : { ...room, visit: newest(visit, room.visit) },
  );
  void cache.invalidateQueries({ queryKey: ["visits", place.practice] });
}

export interface Moves {
  /** Moves the visit on; throws what the server refuses. */
  step: (step: Step) => Promise<void>;
  connected: (way: "direct" | "relayed") => Promise<void>;
  lost: () => Promise<void>;
  checks: (checks: DeviceChecks) => Promise<void>;
  /** What came over the topic. */
  told: (visit: Visit) => void;
  again: () => Promise<void>;
}

export function useMoves({ practice, client, encounter }: Place): Moves {
  const cache = useQueryClient();
  return useMemo((): Moves => {
    const place = { practice, client, encounter };
    return {
      step: async (step) => keep(cache, place, await api.post<Visit>(path(place, step))),
      connected: async (way) => keep(cache, place, await api.post<Visit>(path(place, "begin"), { way })),
      lost: () => api.post(path(place, "lost")),
      checks: (checks) => api.post(path(place, "checks"), checks),
      told: (visit) => keep(cache, place, visit),
      again: () => cache.invalidateQueries({ queryKey: roomKey(place) }),
    };
  }, [cache, practice, client, encounter]);
}
