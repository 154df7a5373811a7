/** Which of one's own visits goes on now: asked under every screen. */
import { useQuery } from "@tanstack/react-query";

import { api, practicePath } from "@/api/client";
import type { Schemas } from "@/api/types";

import { GOING_ON } from "./states";

type VisitCard = Schemas["VisitCard"];

const BEAT_MS = 30_000;

/** The visit to go back to, or that somebody waits for; null while there is none. */
export function useGoingOn(practice: string): VisitCard | null {
  const found = useQuery({
    queryKey: ["visits", practice],
    queryFn: () => api.get<Schemas["VisitCards"]>(practicePath(practice, "/visits")),
    refetchInterval: BEAT_MS,
    retry: false,
  });
  return found.data?.items.find((card) => GOING_ON.has(card.visit.status)) ?? null;
}
