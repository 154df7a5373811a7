/** The shared texts of one person. They are in the memory of this page and go with it. */
import {
  type InfiniteData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useQuery,
  type UseQueryResult,
} from "@tanstack/react-query";

import { useActive } from "@/api/session";
import type { PlotEvent } from "@/charts";
import { fetchVault } from "@/vault/access";
import { shortened } from "@/vault/sharing/glance";
import type { Standing } from "@/vault/sharing/types";
import { vaultWorker } from "@/vault/worker";

import { readShared, type SharedPage, type SharedText } from "./received";

/** Each reading is one entry of the person's access log: it is asked once for a page, not again. */
export function useSharedTexts(client: string): UseInfiniteQueryResult<InfiniteData<SharedPage>> {
  const { me, practice } = useActive();
  return useInfiniteQuery({
    queryKey: ["shared", practice.id, client],
    queryFn: ({ pageParam }) =>
      readShared(me.id, { practiceId: practice.id, client }, pageParam),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  });
}

/** How the person's keys stand with this device. */
export function useKeyStanding(page: SharedPage): UseQueryResult<Standing | undefined> {
  const { me } = useActive();
  return useQuery({
    queryKey: ["shared", "standing", page.owner, page.ownerKeys.length],
    queryFn: async () => {
      const { keys } = await fetchVault();
      const person = { id: page.owner, keys: page.ownerKeys };
      const [standing] = await vaultWorker.ask("standing", me.id, keys, [person]);
      return standing;
    },
    enabled: page.ownerKeys.length > 0,
    staleTime: Infinity,
  });
}

/** What stands on the time axis: each text on the day of which it tells. */
export const eventsOf = (texts: readonly SharedText[], kind: (text: SharedText) => string): PlotEvent[] =>
  texts
    .filter((text) => text.code === null && text.begunAt !== "")
    .map((text) => ({
      id: text.id,
      kind: "shared",
      label: shortened(text.text) || kind(text),
      at: text.begunAt,
    }));
