/** Who is signed in, and in which practice they are acting. */
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";

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

/** Roles that care for people: they have a caseload and flags. */
export const CARE: readonly Role[] = ["clinician", "prescriber", "supervisor"];

/** The screen a signed-in person starts at: always one that their roles may read. */
export function homeOf(active: Pick<Active, "roles" | "practice">): string {
  if (active.roles.has("client")) return "/today";
  if (active.roles.has("administrator") && active.practice.status === "preparing") {
    return "/admin/go-live";
  }
  if (CARE.some((role) => active.roles.has(role))) return "/caseload";
  return active.roles.has("administrator") ? "/admin/go-live" : "/research";
}

/**
 * Leaves nothing of the account on this device except answers not yet delivered, and opens the start
 * afresh: a new page has nothing of it in its memory either. `gone`: an account that is deleted.
 */
export async function forgetAccount(then = "/", gone?: string): Promise<void> {
  await forgetEverything();
  const [{ forgetVault }, { stopWorker }, { forgetTalks }, { forgetPlans }, { forgetMessages }] = await Promise.all([
    import("@/vault/db"),
    import("@/vault/worker"),
    import("@/companion/device"),
    import("@/person/plan/device"),
    import("@/meet/messages/db"),
  ]);
  stopWorker();
  await forgetTalks();
  await forgetVault();
  await forgetPlans(gone);
  await forgetMessages();
  window.location.replace(then);
}

export async function signOut(): Promise<void> {
  await (await import("@/notify/device")).forgetDevice();
  await allauth.signOut();
  await forgetAccount();
}
