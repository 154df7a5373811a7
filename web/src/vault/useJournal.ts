/** The journal of the person on screen: whether it is open here, its entries, and their way out. */
import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";

import { ApiError, OfflineError } from "@/api/problems";
import { useActive, useOwnRecord } from "@/api/session";
import { isOnline, onReachChange } from "@/queue/online";

import { exists, fetchVault, type Vault } from "./access";
import {
  drafts,
  type Entry,
  entries,
  type Place,
  receive,
  send,
  type Unfinished,
  waitingCount,
  wasRolledBack,
} from "./journal";
import { vaultWorker } from "./worker";

export type Access = { state: "open" } | { state: "none" } | { state: "locked"; vault: Vault };

export interface JournalView {
  entries: Entry[];
  drafts: Unfinished[];
  waiting: number;
  rolledBack: boolean;
}

export function usePlace(): Place {
  const { me } = useActive();
  const { practiceId, clientId } = useOwnRecord();
  return useMemo(
    () => ({ user: me.id, practiceId, client: clientId }),
    [me.id, practiceId, clientId],
  );
}

/** Whether the vault is open on this device; asks the server only where it is not. */
export function useAccess(user: string): UseQueryResult<Access> {
  return useQuery({
    queryKey: ["vault-access", user],
    queryFn: async (): Promise<Access> => {
      if (await vaultWorker.ask("isOpen", user)) return { state: "open" };
      const vault = await fetchVault();
      return exists(vault) ? { state: "locked", vault } : { state: "none" };
    },
    staleTime: Infinity,
    networkMode: "always",
  });
}

export function useJournal(place: Place): UseQueryResult<JournalView> {
  return useQuery({
    queryKey: ["journal", place.user, place.client],
    queryFn: async (): Promise<JournalView> => ({
      entries: await entries(place),
      drafts: await drafts(place),
      waiting: await waitingCount(place),
      rolledBack: await wasRolledBack(place),
    }),
    networkMode: "always",
  });
}

const BEAT_MS = 5_000;

/** Exchanges with the server: at the start, on a beat while something waits, when the network is back. */
export function useExchange(place: Place, waiting: number): () => void {
  const client = useQueryClient();
  const exchange = useCallback(async () => {
    try {
      await send(place);
      await receive(place);
    } catch (error) {
      // Whatever did not go out waits here for the next time.
      if (!(error instanceof OfflineError) && !(error instanceof ApiError)) throw error;
    }
    await client.invalidateQueries({ queryKey: ["journal"] });
  }, [client, place]);
  const now = useCallback(() => {
    const alone = async (): Promise<void> => {
      await navigator.locks.request("holdfast-journal", exchange);
    };
    void alone();
  }, [exchange]);
  useEffect(() => {
    now();
    const stop = onReachChange(() => {
      if (isOnline()) now();
    });
    window.addEventListener("online", now);
    return () => {
      stop();
      window.removeEventListener("online", now);
    };
  }, [now]);
  useEffect(() => {
    if (waiting === 0) return undefined;
    const timer = setInterval(now, BEAT_MS);
    return () => clearInterval(timer);
  }, [now, waiting]);
  return now;
}
