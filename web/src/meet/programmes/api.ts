/** Reads and writes of group programmes, for the person and for whoever leads them. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, clientPath, practicePath } from "@/api/client";
import { useActive, useOwnRecord } from "@/api/session";
import type { Items, Schemas } from "@/api/types";
import { openThread, renewEpoch } from "@/meet/messages/api";
import type { Place as ThreadPlace, ThreadPerson } from "@/meet/messages/types";
import { fetchHeld } from "@/queue/held";
import { vaultWorker } from "@/vault/worker";

export type Led = Schemas["LedProgramme"];
export type Programme = Schemas["ProgrammeOut"];
export type ProgrammeBody = Schemas["ProgrammeIn"];
export type SessionBody = Schemas["SessionIn"];
export type Session = Schemas["SessionView"];
export type Roster = Schemas["RosterOut"];
export type Enrolment = Schemas["EnrolmentView"];
export type Open = Schemas["OpenProgramme"];
export type OwnPlace = Schemas["OwnPlace"];
export type Presence = "present" | "late" | "absent" | "excused";
export type Staff = Schemas["PersonOut"];

export const PRESENCES = ["present", "late", "absent", "excused"] as const;
const KEY = "programmes";

export function useLed() {
  const { practice } = useActive();
  return useQuery({
    queryKey: [KEY, practice.id, "led"],
    queryFn: () => api.get<Items<Led>>(practicePath(practice.id, "/programmes")),
  });
}

export function useProgramme(programme: string) {
  const { practice } = useActive();
  return useQuery({
    queryKey: [KEY, practice.id, "led", programme],
    queryFn: () => api.get<Programme>(practicePath(practice.id, `/programmes/${programme}`)),
    retry: false,
  });
}

export function useRoster(programme: string) {
  const { practice } = useActive();
  return useQuery({
    queryKey: [KEY, practice.id, "roster", programme],
    queryFn: () => api.get<Roster>(practicePath(practice.id, `/programmes/${programme}/roster`)),
    refetchInterval: 60_000,
  });
}

/** Colleagues who may lead one. */
export function useColleagues() {
  const { practice } = useActive();
  return useQuery({
    queryKey: ["people", practice.id, "leading"],
    queryFn: async () =>
      (await api.get<Items<Staff>>(practicePath(practice.id, "/people"))).items.filter(
        ({ role, active }) => active && ["clinician", "prescriber", "supervisor"].includes(role),
      ),
  });
}

/** What somebody may ask to join and belongs to; the last answer can be read without network. */
export function useOpen() {
  const { practiceId, clientId } = useOwnRecord();
  return useQuery({
    queryKey: [KEY, practiceId, clientId],
    queryFn: () => fetchHeld<Items<Open>>(clientPath(practiceId, clientId, "/programmes")),
  });
}

export function useOwnPlace(programme: string) {
  const { practiceId, clientId } = useOwnRecord();
  return useQuery({
    queryKey: [KEY, practiceId, clientId, programme],
    queryFn: () => fetchHeld<OwnPlace>(clientPath(practiceId, clientId, `/programmes/${programme}`)),
    refetchInterval: 60_000,
  });
}

export interface Change {
  readonly method: "post" | "put" | "delete";
  readonly rest: string;
  readonly body?: unknown;
}

/** A write under the practice's programmes; what was read of them is read anew. */
export function useLeading<T = unknown>() {
  const { practice } = useActive();
  return useChange<T>((rest) => practicePath(practice.id, `/programmes${rest}`));
}

/** The same under the person's own record. */
export function useOwnChange<T = unknown>() {
  const { practiceId, clientId } = useOwnRecord();
  return useChange<T>((rest) => clientPath(practiceId, clientId, `/programmes${rest}`));
}

function useChange<T>(path: (rest: string) => string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ method, rest, body }: Change): Promise<T> =>
      method === "delete" ? api.delete<T>(path(rest)) : api[method]<T>(path(rest), body ?? {}),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: [KEY] });
      void cache.invalidateQueries({ queryKey: ["appointments"] });
    },
  });
}

interface Given {
  readonly place: ThreadPlace;
  readonly programme: string;
  readonly thread: string | null;
}

/** Who may be in the thread now and has keys for it; `lacking` have none yet. */
export async function fetchGroup({ place, programme }: Omit<Given, "thread">) {
  const path = practicePath(place.practiceId, `/programmes/${programme}/thread-people`);
  const { items } = await api.get<{ items: ThreadPerson[] }>(path);
  return {
    ready: items.filter(({ keys }) => keys.length > 0),
    lacking: items.filter(({ keys }) => keys.length === 0),
  };
}

/** Opens the group's thread on this device, or lets everybody in who may be in it by now. */
export async function gatherGroup({ place, programme, thread }: Given): Promise<string> {
  const { ready } = await fetchGroup({ place, programme });
  if (thread !== null) {
    const { wire } = await openThread(place, thread);
    const names = new Set(ready.map(({ id }) => id));
    const same = wire.fresh && wire.go_on.length === names.size && wire.go_on.every((id) => names.has(id));
    if (!same) await renewEpoch(place, thread, ready);
    return thread;
  }
  const id = crypto.randomUUID();
  const epoch = await vaultWorker.ask("firstEpoch", place.user, id, ready);
  await api.post(practicePath(place.practiceId, `/programmes/${programme}/thread`), { id, epoch });
  return id;
}
