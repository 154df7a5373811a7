/** The journal of the person on screen: whether it is open here, its entries, and their way out. */
import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";

import { ApiError, OfflineError } from "@/api/problems";
import { useActive, useOwnRecord } from "@/api/session";
import { isOnline, onReachChange } from "@/queue/online";

import { exists, fetchVault, movedOn, type Vault } from "./access";
import { VaultError } from "./engine/errors";
import { refresh, rows, search } from "./catalogue";
import { isWhole, receive, send, waitingCount, wasRolledBack } from "./exchange";
import { drafts, type Entry, entry, type Place, type Unfinished } from "./journal";
import { sendPhotos } from "./photos";
import type { Row } from "./summary";
import { vaultWorker } from "./worker";

export type Access =
  | { state: "open" }
  | { state: "none" }
  | { state: "locked"; vault: Vault; moved?: boolean };

export interface JournalView {
  /** Newest first; while more are on their way, those that are here. */
  rows: Row[];
  drafts: Unfinished[];
  waiting: number;
  rolledBack: boolean;
  /** All entries are on this device and in the list. */
  whole: boolean;
  /** Entries on this device have still to be looked at. */
  behind: boolean;
}

export function usePlace(): Place {
  const { me } = useActive();
  const { practiceId, clientId } = useOwnRecord();
  return useMemo(
    () => ({ user: me.id, practiceId, client: clientId }),
    [me.id, practiceId, clientId],
  );
}

/**
 * Whether the vault is open on this device; asks the server first only where it is not. Where it is,
 * the server is asked beside it whether the keys here are still the newest.
 */
export function useAccess(user: string): UseQueryResult<Access> {
  const client = useQueryClient();
  const key = ["vault-access", user];
  const access = useQuery({
    queryKey: key,
    queryFn: async (): Promise<Access> => {
      if (await vaultWorker.ask("isOpen", user)) return { state: "open" };
      const vault = await fetchVault();
      return exists(vault) ? { state: "locked", vault } : { state: "none" };
    },
    staleTime: Infinity,
    networkMode: "always",
  });
  const { data: vault } = useQuery({
    queryKey: [...key, "moved"],
    queryFn: () => movedOn(user),
    enabled: access.data?.state === "open",
    retry: false,
    gcTime: 0,
  });
  useEffect(() => {
    if (vault === undefined || vault === null) return;
    const locked: Access = { state: "locked", vault, moved: true };
    client.setQueryData(["vault-access", user], locked);
  }, [client, user, vault]);
  return access;
}

export function useJournal(place: Place): UseQueryResult<JournalView> {
  const client = useQueryClient();
  const journal = useQuery({
    queryKey: ["journal", place.user, place.client],
    queryFn: async (): Promise<JournalView> => {
      const behind = await refresh(place);
      return {
        rows: await rows(place),
        drafts: await drafts(place),
        waiting: await waitingCount(place),
        rolledBack: await wasRolledBack(place),
        whole: !behind && (await isWhole(place)),
        behind,
      };
    },
    networkMode: "always",
  });
  const { data } = journal;
  useEffect(() => {
    if (data?.behind === true) void client.invalidateQueries({ queryKey: ["journal"], exact: false });
  }, [client, data]);
  return journal;
}

/** One entry, opened when its card is on the screen. */
export function useEntry(place: Place, row: Row): UseQueryResult<Entry | null> {
  return useQuery({
    queryKey: ["journal", place.user, place.client, "entry", row.item, ...row.heads],
    queryFn: () => entry(place, row.item),
    networkMode: "always",
    placeholderData: (before) => (before?.item === row.item ? before : undefined),
  });
}

/** The entries in which the words stand; null while nothing is asked for. */
export function useFound(place: Place, words: string): UseQueryResult<Set<string> | null> {
  return useQuery({
    queryKey: ["journal", place.user, place.client, "search", words],
    queryFn: () => (words === "" ? null : search(place, words)),
    networkMode: "always",
    gcTime: 0,
    placeholderData: (before) => before,
  });
}

const BEAT_MS = 5_000;

/** Exchanges with the server: at the start, on a beat while something waits, when the network is back. */
export function useExchange(place: Place, waiting: number): () => void {
  const client = useQueryClient();
  const exchange = useCallback(async () => {
    const again = (): void => void client.invalidateQueries({ queryKey: ["journal"] });
    try {
      const vault = await movedOn(place.user);
      if (vault !== null) {
        // New keys were made elsewhere: what is here stays, and goes on once they are here, too.
        const locked: Access = { state: "locked", vault, moved: true };
        client.setQueryData(["vault-access", place.user], locked);
        return;
      }
      const { sendShared } = await import("./sharing/grantOn");
      const sent = await sendShared(place, send);
      if (sent > 0) void client.invalidateQueries({ queryKey: ["sharing"] });
      await receive(place, { onPage: again });
      await sendPhotos(place);
    } catch (error) {
      // Whatever did not go out waits here for the next time.
      const locked = error instanceof VaultError && error.code === "vault-locked";
      if (!locked && !(error instanceof OfflineError) && !(error instanceof ApiError)) throw error;
    }
    again();
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
