/** A shared safety plan: fetched once for a page (each reading is an entry), opened on this device. */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";

import { api } from "@/api/client";
import { useActive } from "@/api/session";
import { decodePlan, type PlanContent } from "@/person/plan/content";
import { PLAN_KIND, planPath } from "@/person/plan/sealed";
import { VaultError } from "@/vault/engine/errors";
import type { Received } from "@/vault/sharing/types";
import { vaultWorker } from "@/vault/worker";

/** What this clinician was granted, sealed; no items where nothing was. */
export function useReceivedPlan(client: string): UseQueryResult<Received> {
  const { practice } = useActive();
  return useQuery({
    queryKey: ["shared", "plan", practice.id, client],
    queryFn: () => api.get<Received>(planPath(practice.id, client)),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  });
}

export type ReadPlan = { content: PlanContent } | { code: string };

async function opened(user: string, received: Received): Promise<ReadPlan> {
  const [wire] = received.items;
  try {
    if (wire === undefined || wire.kind !== PLAN_KIND) throw new VaultError("item-damaged");
    const [read] = await vaultWorker.ask("openShared", user, received.owner, received);
    if (read === undefined || "code" in read) return { code: read?.code ?? "item-damaged" };
    return { content: decodePlan(read.content) };
  } catch (error) {
    if (error instanceof VaultError) return { code: error.code };
    throw error;
  }
}

/** Its words, in the memory of this page; only where the vault is open on this device. */
export function useOpenedPlan(received: Received, open: boolean): UseQueryResult<ReadPlan> {
  const { me } = useActive();
  const [wire] = received.items;
  return useQuery({
    queryKey: ["shared", "plan", "opened", received.owner, wire?.position, received.owner_keys.length],
    queryFn: () => opened(me.id, received),
    enabled: open && wire !== undefined,
    staleTime: Infinity,
    gcTime: 0,
    networkMode: "always",
    retry: false,
  });
}
