/** Reads and writes of the directory, of one's own search and of enquiries. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, clientPath, practicePath } from "@/api/client";
import { useActive, useOwnRecord } from "@/api/session";
import type { Items, Schemas } from "@/api/types";

export type Terms = Schemas["TermsOut"];
export type OwnProfile = Schemas["OwnProfileOut"];
export type ProfileBody = Schemas["ProfileIn"];
export type Licence = Schemas["LicenceView"];
export type LicenceRow = Schemas["LicenceRow"];
export type LicenceBody = Schemas["LicenceIn"];
export type Intake = Schemas["IntakeOut"];
export type Wishes = Schemas["WishesIn"];
export type Match = Schemas["MatchOut"];
export type Matches = Schemas["MatchList"];
export type Waiting = Schemas["WaitingView"];
export type Enquiry = Schemas["EnquiryOut"];
export type TeamMember = Schemas["CareTeamOut"];
export type EnquiryRow = Schemas["EnquiryRow"];

const KEY = "matching";

function usePracticeRead<T>(rest: string) {
  const { practice } = useActive();
  return useQuery({
    queryKey: [KEY, practice.id, rest],
    queryFn: () => api.get<T>(practicePath(practice.id, rest)),
  });
}

function useOwnRead<T>(rest: string, enabled = true) {
  const { practiceId, clientId } = useOwnRecord();
  return useQuery({
    queryKey: [KEY, practiceId, clientId, rest],
    queryFn: () => api.get<T>(clientPath(practiceId, clientId, rest)),
    enabled,
    retry: false,
  });
}

export const useTerms = () => usePracticeRead<Terms>("/matching-terms");
export const useOwnProfile = () => usePracticeRead<OwnProfile>("/profile");
export const useEnquiries = () => usePracticeRead<Items<EnquiryRow>>("/enquiries");
export const useLicences = () => usePracticeRead<Items<LicenceRow>>("/licences");
export const useIntake = () => useOwnRead<Intake>("/intake");
export const useMatches = () => useOwnRead<Matches>("/matches");
export const useCareTeam = () => useOwnRead<Items<TeamMember>>("/care-team");
export const useOwnEnquiries = () => useOwnRead<Items<Enquiry>>("/enquiries");

export interface Change {
  readonly method: "post" | "put" | "delete";
  readonly rest: string;
  readonly body?: unknown;
}

/** A write under the practice; what was read of matching is read anew. */
export function usePracticeChange<T = unknown>() {
  const { practice } = useActive();
  return useChange<T>((rest) => practicePath(practice.id, rest));
}

/** The same under the person's own record. */
export function useOwnChange<T = unknown>() {
  const { practiceId, clientId } = useOwnRecord();
  return useChange<T>((rest) => clientPath(practiceId, clientId, rest));
}

function useChange<T>(path: (rest: string) => string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ method, rest, body }: Change): Promise<T> =>
      method === "delete" ? api.delete<T>(path(rest)) : api[method]<T>(path(rest), body ?? {}),
    // Not waited for: a row's own words after a change come before the row may be gone.
    onSuccess: () => void cache.invalidateQueries({ queryKey: [KEY] }),
  });
}
