/** The plan for the screens: what is in the vault, and what this device keeps beside it. */
import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";

import type { Place } from "@/vault/opening";

import type { PlanContent, Steps, Use } from "./content";
import { readHere } from "./device";
import { adoptPlan, exchangePlan, readPlan, type SealedPlan } from "./sealed";

export interface Here {
  plan: PlanContent | null;
  copy: PlanContent | null;
  draft: Steps | null;
  use: Use;
}

export async function readAllHere(place: Place): Promise<Here> {
  return {
    plan: await readHere<PlanContent>(place, "plan"),
    copy: await readHere<PlanContent>(place, "copy"),
    draft: await readHere<Steps>(place, "draft"),
    use: (await readHere<Use>(place, "use")) ?? {},
  };
}

/** What this device keeps outside the vault. */
export const useHere = (place: Place): UseQueryResult<Here> =>
  useQuery({
    queryKey: ["plan", place.user, place.client, "here"],
    queryFn: () => readAllHere(place),
    networkMode: "always",
  });

/** The sealed plan, for a device on which the vault is open. */
export const useSealed = (place: Place): UseQueryResult<SealedPlan | null> =>
  useQuery({
    queryKey: ["plan", place.user, place.client, "sealed"],
    queryFn: async () => {
      await adoptPlan(place);
      return readPlan(place);
    },
    networkMode: "always",
  });

/** Looks at the plan anew, and exchanges it with the server: at the start, and when it changed. */
export function usePlanExchange(place: Place): { again: () => Promise<void>; exchange: () => Promise<void> } {
  const client = useQueryClient();
  const again = useCallback(
    () => client.invalidateQueries({ queryKey: ["plan"] }),
    [client],
  );
  const exchange = useCallback(async () => {
    if (!(await exchangePlan(place))) return;
    await again();
    await client.invalidateQueries({ queryKey: ["plan-readers"] });
  }, [again, client, place]);
  useEffect(() => {
    const now = (): void => void exchange();
    now();
    window.addEventListener("online", now);
    return () => window.removeEventListener("online", now);
  }, [exchange]);
  return { again, exchange };
}
