/** Reads and writes of the companion's exercises, its policy and its model. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

import { api, practicePath } from "@/api/client";
import { useActive } from "@/api/session";
import type { Schemas } from "@/api/types";
import { asFailure } from "@/companion/api";
import type { Ticket } from "@/companion/transport";

export type FlowRow = Schemas["FlowRow"];
export type FlowDetail = Schemas["FlowPage"];
export type FlowStep = Schemas["FlowStep"];
export type FlowComment = Schemas["CommentOut"];
export type FlowLanguage = Schemas["FlowLanguage"];
export type PolicyPage = Schemas["PolicyPage"];
export type ModelView = Schemas["ModelOut"];

const ROOT = "/companion";
/** A ticket lives ten minutes. */
const TICKET_MS = 8 * 60_000;

function useCompanion<T>(rest: string, language?: string) {
  const { practice } = useActive();
  return useQuery({
    queryKey: ["companion-settings", practice.id, rest, language ?? ""],
    queryFn: () =>
      api.get<T>(
        practicePath(practice.id, `${ROOT}${rest}`),
        language === undefined ? undefined : { query: { language } },
      ),
  });
}

export const useFlows = (language: string) => useCompanion<Schemas["FlowList"]>("/flows", language);
export const useFlow = (flow: string, language: string) =>
  useCompanion<FlowDetail>(`/flows/${flow}`, language);
export const usePolicy = (language: string) => useCompanion<PolicyPage>("/policy", language);
/** Gives tickets for looking at an exercise as a person would; nothing of it is kept or told. */
export function usePreviewTicket(language: string): (anew: boolean) => Promise<Ticket> {
  const { practice } = useActive();
  const cache = useQueryClient();
  return useCallback(
    async (anew) => {
      try {
        const made = await cache.fetchQuery({
          queryKey: ["companion-preview", practice.id, language],
          queryFn: () =>
            api.post<Schemas["PreviewOut"]>(practicePath(practice.id, `${ROOT}/previews`), { language }),
          staleTime: anew ? 0 : TICKET_MS,
        });
        return { ticket: made.ticket, origin: made.url };
      } catch (error) {
        throw asFailure(error);
      }
    },
    [cache, practice.id, language],
  );
}

export const useModel = () => useCompanion<ModelView>("/model");

export interface Write {
  readonly method: "post" | "put";
  /** Path under the practice's companion, e.g. "/flows/sleep/languages/en". */
  readonly rest: string;
  readonly body?: unknown;
}

/** Any write; what was read of the companion is read anew. */
export function useCompanionWrite() {
  const { practice } = useActive();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ method, rest, body }: Write) =>
      api[method](practicePath(practice.id, `${ROOT}${rest}`), body),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["companion-settings", practice.id] }),
  });
}
