/** A group's endpoints. */
import { type QueryClient, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";

import { api, clientPath, practicePath } from "@/api/client";
import type { Schemas } from "@/api/types";

import type { DeviceChecks } from "../api";

export type GroupRoom = Schemas["GroupRoomOut"];
export type GroupParty = Schemas["GroupParty"];

export interface GroupPlace {
  practice: string;
  appointment: string;
}

/** `skew`: what the server's clock is ahead of this device's by, in milliseconds. */
export interface SeenGroup extends GroupRoom {
  skew: number;
}

const path = ({ practice, appointment }: GroupPlace, rest = ""): string =>
  practicePath(practice, `/groups/${appointment}${rest}`);
const key = ({ practice, appointment }: GroupPlace) => ["group", practice, appointment] as const;

/** Relay credentials run for an hour. */
const RENEW_MS = 40 * 60_000;
/** Who waits is not on the room's topic: their own visit's says when they are let in. */
export function useGroupRoom(place: GroupPlace): UseQueryResult<SeenGroup> {
  return useQuery({
    queryKey: key(place),
    queryFn: async () => {
      const room = await api.get<GroupRoom>(path(place));
      return { ...room, skew: Date.parse(room.now) - Date.now() };
    },
    refetchOnWindowFocus: false,
    refetchInterval: RENEW_MS,
    refetchIntervalInBackground: true,
    staleTime: 0,
    gcTime: 0,
  });
}

export interface GroupMoves {
  arrive: () => Promise<void>;
  leave: () => Promise<void>;
  finish: () => Promise<void>;
  /** Of one client's own visit: let in, take out, noted as missed. */
  step: (party: GroupParty, what: "admit" | "finish" | "no-show") => Promise<void>;
  connected: () => Promise<void>;
  checks: (checks: DeviceChecks) => Promise<void>;
  ticket: () => Promise<Schemas["RoomTicketOut"]>;
  again: () => Promise<void>;
}

export function useGroupMoves(place: GroupPlace, room: SeenGroup): GroupMoves {
  const cache: QueryClient = useQueryClient();
  const { practice, appointment } = place;
  const { visit, client_id: client } = room;
  const own = visit?.id ?? null;
  return useMemo((): GroupMoves => {
    const here = { practice, appointment };
    const again = async (): Promise<void> => {
      await cache.invalidateQueries({ queryKey: key(here) });
      void cache.invalidateQueries({ queryKey: ["visits", practice] });
    };
    const move = (rest: string) => async (): Promise<void> => {
      await api.post(path(here, rest));
      await again();
    };
    const mine = async (rest: string, body: unknown): Promise<void> => {
      if (own !== null && client !== null) await api.post(clientPath(practice, client, `/encounters/${own}/${rest}`), body);
    };
    return {
      arrive: move("/arrive"),
      leave: move("/leave"),
      finish: move("/finish"),
      step: async (party, what) => {
        if (party.visit === null || party.client_id === null) return;
        await api.post(clientPath(practice, party.client_id, `/encounters/${party.visit.id}/${what}`));
        await again();
      },
      connected: () => mine("begin", { way: "direct" }),
      checks: (checks) => mine("checks", checks),
      ticket: () => api.post<Schemas["RoomTicketOut"]>(path(here, "/tickets")),
      again,
    };
  }, [cache, practice, appointment, own, client]);
}
