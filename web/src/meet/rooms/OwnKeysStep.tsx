import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactElement, Suspense } from "react";
import { useTranslation } from "react-i18next";

import { fetchVault } from "@/vault/access";
import { vaultWorker } from "@/vault/worker";

import type { Seen } from "./api";

const Unlock = lazy(async () => ({ default: (await import("@/vault/Unlock")).Unlock }));

/** Whoever has keys opens them here, so that the other side's device knows who it is. */
export function OwnKeysStep({ room }: { room: Seen }): ReactElement | null {
  const { t } = useTranslation("rooms");
  const cache = useQueryClient();
  const { account, keys } = room.own;
  const has = keys.length > 0;
  const open = useQuery({
    queryKey: ["vault-open", account],
    queryFn: () => vaultWorker.ask("isOpen", account),
    enabled: has,
    staleTime: 0,
  });
  const vault = useQuery({
    queryKey: ["vault-of-visit", account],
    queryFn: fetchVault,
    enabled: has && open.data === false,
  });
  if (open.data !== false || vault.data === undefined) return null;
  return (
    <Suspense>
      <Unlock
        vault={vault.data}
        title={t("keys.title")}
        lead={t("keys.lead", { name: room.other.name })}
        onDone={() => void cache.invalidateQueries({ queryKey: ["vault-open", account] })}
      />
    </Suspense>
  );
}
