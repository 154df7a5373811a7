/** Who is signed in, and in which practice they are acting. */
import { type QueryClient, type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext } from "react";

import { fetchHeld, forgetEverything } from "@/queue/held";

import { allauth } from "./allauth";
import { ApiError } from "./problems";
import type { Config, Me, MembershipView, PracticeBrief, Role } from "./types";

export interface Active {
  me: Me;
  practice: PracticeBrief;
  membership: MembershipView;
  roles: ReadonlySet<Role>;
  clientId: string | null;
  practices: PracticeBrief[];
  setPractice: (id: string) => void;
}

export const ActiveContext = createContext<Active | null>(null);

/** The signed-in person's standing in the practice on screen; only inside the shell. */
export function useActive(): Active {
  const active = useContext(ActiveContext);
  if (active === null) throw new Error("useActive outside the shell of a signed-in person");
  return active;
}

/** The person's own record; throws where a membership without one is acting. */
export function useOwnRecord(): { practiceId: string; clientId: string } {
  const { practice, clientId } = useActive();
  if (clientId === null) throw new Error("this screen is for a person with a record");
  return { practiceId: practice.id, clientId };
}

async function fetchMe(): Promise<Me | null> {
  try {
    return await fetchHeld<Me>("/me");
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

/** `null` when nobody is signed in; without network the last answer kept on this device. */
export function useMe(): UseQueryResult<Me | null> {
  return useQuery({ queryKey: ["me"], queryFn: fetchMe, staleTime: 60_000 });
}

export function useConfig(): UseQueryResult<Config> {
  return useQuery({
    queryKey: ["config"],
    queryFn: () => fetchHeld<Config>("/config"),
    staleTime: 300_000,
  });
}

const STAFF: readonly Role[] = ["clinician", "prescriber", "supervisor", "researcher"];

/** The screen a signed-in person starts at. */
export function homeOf(active: Pick<Active, "roles" | "practice">): string {
  if (active.roles.has("client")) return "/today";
  if (active.roles.has("administrator") && active.practice.status === "preparing") {
    return "/admin/go-live";
  }
  if (STAFF.some((role) => active.roles.has(role))) return "/caseload";
  return "/admin/go-live";
}

/** Takes the account off the screen and off this device, except answers not yet delivered. */
export async function forgetAccount(client: QueryClient): Promise<void> {
  await forgetEverything();
  // Set, not removed: the frame watches this very query, and would not see one that took its place.
  client.setQueryData(["me"], null);
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== "me" });
}

/** Signs out, and leaves nothing of the person on this device except answers not yet delivered. */
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  return useCallback(async () => {
    await allauth.signOut();
    await forgetAccount(client);
  }, [client]);
}
