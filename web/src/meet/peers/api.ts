/** Reads and writes of peer support. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, clientPath, practicePath } from "@/api/client";
import { useActive, useOwnRecord } from "@/api/session";
import type { Items } from "@/api/types";

import type { HandOver, ListenerRow, PeerReport, PeerRequest, Peers, Training } from "./types";

export const KEY = "peers";
/** Somebody who waits looks at the page; news come by the socket where there is one. */
const WAIT_MS = 4_000;

export function usePeers(waits = false) {
  const { practiceId, clientId } = useOwnRecord();
  return useQuery({
    queryKey: [KEY, practiceId, clientId],
    queryFn: () => api.get<Peers>(clientPath(practiceId, clientId, "/peers")),
    refetchInterval: waits ? WAIT_MS : false,
    retry: false,
  });
}

export function useTraining(language: string) {
  const { practiceId, clientId } = useOwnRecord();
  return useQuery({
    queryKey: [KEY, "training", language],
    queryFn: () => api.get<Training>(clientPath(practiceId, clientId, "/listener-training"), { query: { language } }),
    staleTime: Infinity,
  });
}

export function useRequests() {
  const { practiceId, clientId } = useOwnRecord();
  return useQuery({
    queryKey: [KEY, practiceId, clientId, "requests"],
    queryFn: () => api.get<Items<PeerRequest>>(clientPath(practiceId, clientId, "/peer-requests")),
    refetchInterval: WAIT_MS,
  });
}

export interface Change {
  readonly method: "post" | "put" | "delete";
  readonly rest: string;
  readonly body?: unknown;
}

function useChange<T>(path: (rest: string) => string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ method, rest, body }: Change): Promise<T> =>
      method === "delete" ? api.delete<T>(path(rest)) : api[method]<T>(path(rest), body ?? {}),
    onSettled: () => cache.invalidateQueries({ queryKey: [KEY] }),
  });
}

export function useOwnChange<T = unknown>() {
  const { practiceId, clientId } = useOwnRecord();
  return useChange<T>((rest) => clientPath(practiceId, clientId, rest));
}

export function usePracticeChange() {
  const { practice } = useActive();
  return useChange((rest) => practicePath(practice.id, rest));
}

export function useListeners(enabled: boolean) {
  const { practice } = useActive();
  return useQuery({
    queryKey: [KEY, practice.id, "listeners"],
    queryFn: () => api.get<Items<ListenerRow>>(practicePath(practice.id, "/listeners")),
    enabled,
  });
}

export function useReports() {
  const { practice } = useActive();
  return useQuery({
    queryKey: [KEY, practice.id, "reports"],
    queryFn: () => api.get<Items<PeerReport>>(practicePath(practice.id, "/peer-reports")),
  });
}

export function useHandOvers(client: string) {
  const { practice } = useActive();
  return useQuery({
    queryKey: [KEY, practice.id, client, "hand-overs"],
    queryFn: () => api.get<Items<HandOver>>(clientPath(practice.id, client, "/peer-hand-overs")),
    retry: false,
  });
}
