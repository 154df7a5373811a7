/** Reads and writes of the practice's administration. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, practicePath } from "@/api/client";
import { useActive } from "@/api/session";
import { itemsOf, type Items, type Schemas } from "@/api/types";

import type {
  AuditRow,
  AuditState,
  CaseloadToHandOver,
  ClientRecord,
  HoursView,
  InstrumentRow,
  InvitationRow,
  LinesView,
  OnCallView,
  PersonRow,
  PracticeView,
  Readiness,
  SupervisionRow,
  WaitingFlag,
} from "./types";

function useAdmin<T>(rest: string) {
  const { practice } = useActive();
  return useQuery({
    queryKey: ["admin", practice.id, rest],
    queryFn: () => api.get<T>(practicePath(practice.id, rest)),
  });
}

function useAdminList<T>(rest: string) {
  const { practice } = useActive();
  return useQuery({
    queryKey: ["admin", practice.id, rest],
    queryFn: async () => itemsOf(await api.get<T[] | Items<T>>(practicePath(practice.id, rest))),
  });
}

export const usePractice = () => useAdmin<PracticeView>("");
export const usePeople = () => useAdminList<PersonRow>("/people");
export const useCaseloadOf = (membership: string) =>
  useAdmin<CaseloadToHandOver>(`/people/${membership}/hand-over`);
export const useFlagsOf = (membership: string) =>
  useAdminList<WaitingFlag>(`/people/${membership}/flags`);
export const useInvitations = () => useAdminList<InvitationRow>("/invitations");
export const useHours = () => useAdmin<HoursView>("/monitored-hours");
export const useOnCall = () => useAdmin<OnCallView>("/on-call");
export const useLines = () => useAdmin<LinesView>("/crisis-lines");
export const useReadiness = () => useAdmin<Readiness>("/readiness");
export const useRetention = () => useAdmin<Schemas["RetentionOut"]>("/retention");
export const useAdminInstruments = () => useAdminList<InstrumentRow>("/instruments");

export function useAudit() {
  const { practice } = useActive();
  return useInfiniteQuery({
    queryKey: ["admin", practice.id, "/audit"],
    queryFn: ({ pageParam }) =>
      api.get<Items<AuditRow>>(practicePath(practice.id, "/audit"), { query: { cursor: pageParam } }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
}

/** The chain as it stands: what the daily look found, and what waits for its place. */
export const useAuditState = () => useAdmin<AuditState>("/audit/state");

/** Runs only when asked to: it reads every event of the practice. */
export function useVerification() {
  const { practice } = useActive();
  return useQuery({
    queryKey: ["admin-verification", practice.id],
    queryFn: () =>
      api.get<{ intact: boolean; first_broken: number | null }>(
        practicePath(practice.id, "/audit/verification"),
      ),
    enabled: false,
  });
}

/** Names of the people with a record, page by page; or only of those in nobody's caseload. */
export function useRecords(unattended = false) {
  const { practice } = useActive();
  return useInfiniteQuery({
    queryKey: ["admin", practice.id, "/clients", unattended],
    queryFn: ({ pageParam }) =>
      api.get<Items<ClientRecord>>(practicePath(practice.id, "/clients"), {
        query: { cursor: pageParam, unattended: String(unattended) },
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
}

/** Who supervises whom, all pages: what is missing in the list must not look as if it ended. */
export function useSupervisions() {
  const { practice } = useActive();
  return useQuery({
    queryKey: ["admin", practice.id, "/supervisions"],
    queryFn: async () => {
      const found: SupervisionRow[] = [];
      let cursor: string | null = "";
      while (cursor !== null) {
        const page: Items<SupervisionRow> = await api.get(practicePath(practice.id, "/supervisions"), {
          query: { cursor },
        });
        found.push(...page.items);
        cursor = page.next;
      }
      return found;
    },
  });
}

export interface AdminWrite {
  readonly method: "post" | "put" | "patch" | "delete";
  /** Path under the practice, e.g. "/on-call". */
  readonly rest: string;
  readonly body?: unknown;
}

/** Any write of the administration. Everything of the practice is read anew: one change here (a
 * person, an hour, a line) can meet or break a requirement for going live. */
export function useAdminWrite<T = unknown>() {
  const { practice } = useActive();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ method, rest, body }: AdminWrite) =>
      api[method]<T>(practicePath(practice.id, rest), body),
    onSuccess: () =>
      Promise.all(
        [["admin", practice.id], ["practice-list", practice.id], ["monitored-hours", practice.id]].map(
          (queryKey) => cache.invalidateQueries({ queryKey }),
        ),
      ),
  });
}
