/** Reads and writes of the clinician's screens. */
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";

import { api, clientPath, practicePath, withQuery, API_BASE } from "@/api/client";
import { useActive } from "@/api/session";
import { type ClientView, itemsOf, type Items, type NotificationView } from "@/api/types";

import type {
  AssignmentView,
  CareTeamView,
  CaseloadPage,
  EncounterView,
  FlagFull,
  FlagRow,
  InstrumentRow,
  Overview,
  PackTexts,
  ResponseDetail,
  StaffMember,
  Statistics,
} from "./types";

/** Roles that answer for flags and stand in care teams. */
export const CARERS: ReadonlySet<string> = new Set(["clinician", "prescriber", "supervisor"]);

export interface CaseloadQuery {
  readonly sort: string;
  readonly filter: string;
  readonly q: string;
}

function usePracticeId(): string {
  return useActive().practice.id;
}

export function useCaseload(query: CaseloadQuery) {
  const practice = usePracticeId();
  return useInfiniteQuery({
    queryKey: ["caseload", practice, query],
    queryFn: ({ pageParam, signal }) => {
      const { q, ...order } = query;
      // A name travels in a body: addresses end in logs and histories.
      return q.trim() === ""
        ? api.get<CaseloadPage>(practicePath(practice, "/caseload"), {
            query: { ...order, cursor: pageParam },
            signal,
          })
        : api.post<CaseloadPage>(practicePath(practice, "/caseload/search"), {
            ...query,
            cursor: pageParam === "" ? null : pageParam,
          });
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
}

export function useOverview(client: string) {
  const practice = usePracticeId();
  return useQuery({
    queryKey: ["overview", practice, client],
    queryFn: () => api.get<Overview>(clientPath(practice, client, "/overview")),
  });
}

export interface FlagsQuery {
  readonly state: string;
  readonly owner: string;
}

export function useFlags(query: FlagsQuery) {
  const practice = usePracticeId();
  return useInfiniteQuery({
    queryKey: ["flags-list", practice, query],
    queryFn: ({ pageParam, signal }) =>
      api.get<Items<FlagRow>>(practicePath(practice, "/flags"), {
        query: { ...query, cursor: pageParam },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });
}

export function useFlag(flag: string) {
  const practice = usePracticeId();
  return useQuery({
    queryKey: ["flag", practice, flag],
    queryFn: () => api.get<FlagFull>(practicePath(practice, `/flags/${flag}`)),
    refetchInterval: 30_000,
  });
}

export type FlagStep =
  | { readonly step: "acknowledge"; readonly level: string; readonly repeats: number }
  | { readonly step: "contact-attempts"; readonly means: string; readonly outcome: string }
  | { readonly step: "act"; readonly action: string }
  | { readonly step: "close"; readonly outcome: string }
  | { readonly step: "assign"; readonly membership_id: string };

/** One step in a flag's life; what the server answers is read anew. */
export function useFlagStep(flag: string) {
  const practice = usePracticeId();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ step, ...body }: FlagStep) =>
      api.post<unknown>(practicePath(practice, `/flags/${flag}/${step}`), body),
    onSettled: () =>
      Promise.all(
        [["flag", practice, flag], ["flags-list"], ["caseload"], ["overview"]].map((queryKey) =>
          cache.invalidateQueries({ queryKey }),
        ),
      ),
  });
}

/** A list under a client's path that comes bare or as `{items}`. */
function useClientList<T>(client: string, rest: string) {
  const practice = usePracticeId();
  return useQuery({
    queryKey: ["client", practice, client, rest],
    queryFn: async () => itemsOf(await api.get<T[] | Items<T>>(clientPath(practice, client, rest))),
  });
}

export const useAssignments = (client: string) => useClientList<AssignmentView>(client, "/assignments");
export const useCareTeam = (client: string) => useClientList<CareTeamView>(client, "/care-team?when=all");
export const useEncounters = (client: string) => useClientList<EncounterView>(client, "/encounters");

/** The person's record with how to reach them; each read is written to their access log. */
export function useClient(client: string) {
  const practice = usePracticeId();
  return useQuery({
    queryKey: ["client", practice, client, ""],
    queryFn: () => api.get<ClientView>(clientPath(practice, client)),
  });
}

function usePracticeList<T>(rest: string) {
  const practice = usePracticeId();
  return useQuery({
    queryKey: ["practice-list", practice, rest],
    queryFn: async () => itemsOf(await api.get<T[] | Items<T>>(practicePath(practice, rest))),
    staleTime: 300_000,
  });
}

export const useStaff = () => usePracticeList<StaffMember>("/people");
/** Flags per clinician and week over the last twelve weeks. */
export function useFlagStatistics() {
  const practice = usePracticeId();
  return useQuery({
    queryKey: ["flag-statistics", practice],
    queryFn: () => api.get<Statistics>(practicePath(practice, "/flag-statistics")),
    staleTime: 300_000,
  });
}

/** What this clinician has been told and has not put away. */
export function useNews() {
  const practice = usePracticeId();
  return useQuery({
    queryKey: ["notifications", practice],
    queryFn: async () =>
      itemsOf(
        await api.get<Items<NotificationView>>(practicePath(practice, "/notifications")),
      ).filter((each) => each.read_at === null),
    refetchInterval: 30_000,
  });
}

export function usePutAway() {
  const practice = usePracticeId();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ids: readonly string[]) =>
      Promise.all(ids.map((id) => api.post(practicePath(practice, `/notifications/${id}/read`)))),
    onSettled: () => cache.invalidateQueries({ queryKey: ["notifications"] }),
  });
}

export const useInstruments = () => usePracticeList<InstrumentRow>("/instruments");

export interface MonitoredView {
  readonly hours: { readonly weekday: number; readonly opens: string; readonly closes: string }[];
  readonly closures: { readonly on: string; readonly reason: string }[];
}

export function useMonitoredHours() {
  const practice = usePracticeId();
  return useQuery({
    queryKey: ["monitored-hours", practice],
    queryFn: () => api.get<MonitoredView>(practicePath(practice, "/monitored-hours")),
    staleTime: 300_000,
  });
}

export function useResponse(client: string, response: string | null) {
  const practice = usePracticeId();
  return useQuery({
    queryKey: ["response", practice, client, response],
    queryFn: () => api.get<ResponseDetail>(clientPath(practice, client, `/responses/${response}`)),
    enabled: response !== null,
    staleTime: Infinity,
  });
}

export function usePack(instrument: string | undefined, version: string | undefined) {
  const practice = usePracticeId();
  return useQuery({
    queryKey: ["pack", practice, instrument, version],
    queryFn: () =>
      api.get<PackTexts>(practicePath(practice, `/instruments/${instrument}/${version}`)),
    enabled: instrument !== undefined && version !== undefined,
    // A published version never changes.
    staleTime: Infinity,
  });
}

export interface ClientWrite {
  readonly method: "post" | "patch" | "delete";
  /** Path under the client, e.g. "/encounters". */
  readonly rest: string;
  readonly body?: unknown;
}

/** Any write under a client's record; the pages that show it read it anew. */
export function useClientWrite(client: string) {
  const practice = usePracticeId();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ method, rest, body }: ClientWrite) =>
      api[method]<unknown>(clientPath(practice, client, rest), body),
    onSuccess: () =>
      Promise.all(
        [["client", practice, client], ["overview", practice, client], ["caseload"]].map(
          (queryKey) => cache.invalidateQueries({ queryKey }),
        ),
      ),
  });
}

/** Address of the person's export; the browser downloads it with the session's cookie. */
export function exportHref(practice: string, client: string, format: "fhir" | "csv"): string {
  return API_BASE + withQuery(clientPath(practice, client, "/export"), { format });
}
