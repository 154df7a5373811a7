/** Reads and writes of appointments, for the person and for who meets them. */
import { useMutation, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";

import { api, clientPath, practicePath } from "@/api/client";
import { useActive } from "@/api/session";
import type { Schemas } from "@/api/types";
import { fetchHeld } from "@/queue/held";

export type Appointment = Schemas["AppointmentOut"];
export type Bookable = Schemas["BookableOut"];
export type AppointmentType = Schemas["TypeOut"];
export type Medium = Appointment["medium"];
export type AgendaItem = Schemas["AgendaItem"];
export type Availability = Schemas["AvailabilityOut"];
export type Rule = Schemas["RuleShape"];
export type ExceptionDay = Schemas["ExceptionShape"];
export type Place = Schemas["MeetingPlaceOut"];
export type Waiting = Schemas["WaitingEntryOut"];
export type Offer = Schemas["OfferOut"];

export const MEDIA = ["in_person", "video", "phone", "text"] as const;

const ROOT = "appointments";

/** From yesterday on; the last answer can be read without network. */
export function useAppointments(client: string): UseQueryResult<Appointment[]> {
  const { practice } = useActive();
  return useQuery({
    queryKey: [ROOT, practice.id, client, "list"],
    queryFn: async () =>
      (await fetchHeld<Schemas["AppointmentsOut"]>(clientPath(practice.id, client, "/appointments"))).items,
  });
}

export function useBookable(client: string): UseQueryResult<Bookable> {
  const { practice } = useActive();
  return useQuery({
    queryKey: [ROOT, practice.id, client, "bookable"],
    queryFn: () => fetchHeld<Bookable>(clientPath(practice.id, client, "/bookable")),
  });
}

export function useWaiting(client: string): UseQueryResult<Waiting[]> {
  const { practice } = useActive();
  return useQuery({
    queryKey: [ROOT, practice.id, client, "waiting"],
    queryFn: async () =>
      (await fetchHeld<Schemas["WaitingEntriesOut"]>(clientPath(practice.id, client, "/waiting-entries"))).items,
    refetchInterval: 60_000,
  });
}

export interface SlotsQuery {
  readonly member: string;
  readonly type: string;
  readonly since: string;
  readonly until: string;
  readonly insteadOf?: string | undefined;
}

/** Free times as they are now: never from a copy, for somebody may have taken one since. */
export function useSlots(query: SlotsQuery | null) {
  const { practice } = useActive();
  return useQuery({
    queryKey: [ROOT, practice.id, "slots", query],
    enabled: query !== null,
    staleTime: 0,
    gcTime: 0,
    queryFn: async () => {
      if (query === null) return [];
      const { member, type, since, until, insteadOf } = query;
      const path = practicePath(practice.id, `/memberships/${member}/slots`);
      const asked = { type, since, until, instead_of: insteadOf };
      return (await api.get<Schemas["SlotsOut"]>(path, { query: asked })).items;
    },
  });
}

export function useAgenda(since: string, until: string) {
  const { practice } = useActive();
  return useQuery({
    queryKey: [ROOT, practice.id, "agenda", since, until],
    queryFn: async () =>
      (await api.get<Schemas["AgendaOut"]>(practicePath(practice.id, "/agenda"), { query: { since, until } })).items,
    refetchInterval: 60_000,
  });
}

/** What became of each of them since the last meeting: each reading is an entry of their access log. */
export function useSinceLines(since: string, until: string) {
  const { practice } = useActive();
  return useQuery({
    queryKey: [ROOT, practice.id, "since", since, until],
    queryFn: async () => {
      const path = practicePath(practice.id, "/agenda/since");
      const { items } = await api.get<Schemas["SinceOut"]>(path, { query: { since, until } });
      return new Map(items.map((line) => [line.client_id, line]));
    },
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

export type Attendance = Schemas["AttendanceOut"];
export type AttendanceRow = Schemas["AttendanceRow"];

/** How appointments went between two days, both included. */
export function useAttendance(since: string, until: string) {
  const { practice } = useActive();
  return useQuery({
    queryKey: [ROOT, practice.id, "attendance", since, until],
    enabled: since !== "" && until !== "",
    queryFn: () =>
      api.get<Attendance>(practicePath(practice.id, "/attendance"), { query: { since, until } }),
  });
}

/** How many people each treats and wants to treat: oneself, or everybody for an administrator. */
export function useCapacity() {
  const { practice } = useActive();
  return useQuery({
    queryKey: [ROOT, practice.id, "capacity"],
    queryFn: async () =>
      (await api.get<Schemas["CapacitiesOut"]>(practicePath(practice.id, "/capacity"))).items,
  });
}

/** One's own hours, or (for an administrator) a colleague's. */
export function useAvailability(member: string | null) {
  const { practice } = useActive();
  const path = availabilityPath(member);
  return useQuery({
    queryKey: [ROOT, practice.id, path],
    queryFn: () => api.get<Availability>(practicePath(practice.id, path)),
  });
}

export const availabilityPath = (member: string | null): string =>
  member === null ? "/availability" : `/memberships/${member}/availability`;

export function useTypes() {
  const { practice } = useActive();
  return useQuery({
    queryKey: [ROOT, practice.id, "types"],
    queryFn: async () =>
      (await api.get<Schemas["TypesOut"]>(practicePath(practice.id, "/appointment-types"))).items,
  });
}

export function usePlaces() {
  const { practice } = useActive();
  return useQuery({
    queryKey: [ROOT, practice.id, "places"],
    queryFn: async () => (await api.get<Schemas["MeetingPlacesOut"]>(practicePath(practice.id, "/places"))).items,
  });
}

export interface Write {
  readonly method: "post" | "put" | "delete";
  /** Path under the practice, e.g. "/clients/<id>/appointments". */
  readonly rest: string;
  readonly body?: unknown;
}

/** Any write; everything that was read of appointments and meetings is read anew. */
export function useWrite<T = unknown>() {
  const { practice } = useActive();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ method, rest, body }: Write) => api[method]<T>(practicePath(practice.id, rest), body),
    onSettled: () =>
      Promise.all(
        [[ROOT, practice.id], ["overview", practice.id], ["meetings", practice.id], ["caseload"]].map((queryKey) =>
          cache.invalidateQueries({ queryKey }),
        ),
      ),
  });
}
