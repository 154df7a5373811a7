/** A person's assessments: one query per endpoint, each also readable without network. */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";

import { api, API_BASE, clientPath, withQuery } from "@/api/client";
import { type Items, itemsOf, type Schemas } from "@/api/types";
import type { Own } from "@/person/data";
import { db, type OutboxEntry } from "@/queue/db";
import { fetchHeld } from "@/queue/held";
import { useFollowOutbox } from "@/queue/useOutbox";

import type { Detail } from "./prompts";

export type AssessmentRow = Schemas["AssessmentView"];
export type Report = Schemas["Report"];
export type FeatureCount = Schemas["FeatureCount"];
export type Sheet = Schemas["Sheet"];
export type Talk = Schemas["TalkView"];

const base = ({ practiceId, clientId }: Own, rest = ""): string =>
  clientPath(practiceId, clientId, `/assessments${rest}`);

export function useAssessments(own: Own): UseQueryResult<AssessmentRow[]> {
  return useQuery({
    queryKey: ["assessments", own.practiceId, own.clientId],
    queryFn: async () => (await fetchHeld<Items<AssessmentRow>>(base(own))).items,
  });
}

export function useDetail(own: Own, id: string | null): UseQueryResult<Detail> {
  return useQuery({
    queryKey: ["assessments", own.practiceId, own.clientId, id],
    queryFn: () => fetchHeld<Detail>(base(own, `/${id}`)),
    enabled: id !== null,
  });
}

export function useReport(own: Own, id: string): UseQueryResult<Report> {
  return useQuery({
    queryKey: ["assessments", own.practiceId, own.clientId, id, "report"],
    queryFn: () => fetchHeld<Report>(base(own, `/${id}/report`)),
  });
}

/** The doctor's report in a language. A clinician's reading is not kept on the device. */
export function useSheet(own: Own, id: string, language: string, keep: boolean): UseQueryResult<Sheet> {
  const path = withQuery(base(own, `/${id}/sheet`), { language });
  return useQuery({
    queryKey: ["assessments", own.practiceId, own.clientId, id, "sheet", language],
    queryFn: () => (keep ? fetchHeld<Sheet>(path) : api.get<Sheet>(path)),
  });
}

export const pdfAddress = (own: Own, id: string, language: string): string =>
  `${API_BASE}${withQuery(base(own, `/${id}/report.pdf`), { language })}`;

export function useTalks(own: Own): UseQueryResult<Talk[]> {
  return useQuery({
    queryKey: ["talks", own.practiceId, own.clientId],
    queryFn: async () =>
      itemsOf(await fetchHeld<Items<Talk>>(clientPath(own.practiceId, own.clientId, "/talk-requests"))),
    refetchInterval: 60_000,
  });
}

/** Answers to prompts that this device has sent or is still to send. */
export function useOutbox(ownerId: string): UseQueryResult<OutboxEntry[]> {
  useFollowOutbox();
  return useQuery({
    queryKey: ["outbox", "all", ownerId],
    queryFn: async () =>
      (await (await db()).getAll("outbox")).filter((entry) => entry.ownerId === ownerId),
    staleTime: 0,
  });
}
