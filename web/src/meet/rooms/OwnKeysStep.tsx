import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactElement, Suspense } from "react";
import { useTranslation } from "react-i18next";

import { fetchVault } from "@/vault/access";
import type { WireEntry } from "@/vault/engine/wire";
import { vaultWorker } from "@/vault/worker";

const Unlock = lazy(async () => ({ default: (await import("@/vault/Unlock")).Unlock }));

interface Props {
  own: { account: string; keys: readonly WireEntry[] };
  /** Why it is asked. */
  lead: string;
}

/** Whether keys are open on this device; undefined before it is known. */
export function useKeysOpen({ account, keys }: Props["own"]): boolean | undefined {
  return useQuery({
    queryKey: ["vault-open", account],
    queryFn: () => vaultWorker.ask("isOpen", account),
    enabled: keys.length > 0,
    staleTime: 0,
  }).data;
}

/** Whoever has keys opens them here, so that the other side's device knows who it is. */
export function OwnKeysStep({ own, lead }: Props): ReactElement | null {
  const { t } = useTranslation("rooms");
  const cache = useQueryClient();
  const { account, keys } = own;
  const open = useKeysOpen(own);
  const vault = useQuery({
    queryKey: ["vault-of-visit", account],
    queryFn: fetchVault,
    enabled: keys.length > 0 && open === false,
  });
  if (open !== false || vault.data === undefined) return null;
  return (
    <Suspense>
      <Unlock
        vault={vault.data}
        title={t("keys.title")}
        lead={lead}
        onDone={() => void cache.invalidateQueries({ queryKey: ["vault-open", account] })}
      />
    </Suspense>
  );
}
