/** Who reads what of this person's, for the screens. */
import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useCallback } from "react";

import { OfflineError } from "@/api/problems";

import { fetchVault } from "../access";
import type { Place } from "../opening";
import { usePlace } from "../useJournal";
import { vaultWorker } from "../worker";
import { heldItems, heldOverview } from "./api";
import { noteGoing } from "./device";
import { SHARED_KIND } from "./kinds";
import type { Overview, Person, SharedFolder, SharedItem, Standing } from "./types";

export interface Sharing extends Overview {
  /** How each person's keys stand with this device; empty without network. */
  standing: ReadonlyMap<string, Standing>;
  /** The newest items that somebody else reads. */
  items: SharedItem[];
}

async function standingOf(place: Place, people: Person[]): Promise<Standing[]> {
  try {
    const { keys } = await fetchVault();
    if (keys.length === 0) return [];
    return await vaultWorker.ask("standing", place.user, keys, people);
  } catch (error) {
    if (error instanceof OfflineError) return [];
    throw error;
  }
}

export function useSharing(place: Place): UseQueryResult<Sharing> {
  return useQuery({
    queryKey: ["sharing", place.user, place.client],
    queryFn: async (): Promise<Sharing> => {
      const [overview, page] = await Promise.all([heldOverview(place), heldItems(place, {})]);
      const standing = await standingOf(place, overview.people);
      const shown = overview.folders.filter((each) => each.kind === SHARED_KIND && each.stopped_at === null);
      await noteGoing(place.user, place.client, shown.map(({ id }) => id));
      const byId = new Map(standing.map((each) => [each.id, each]));
      return { ...overview, items: page.items, standing: byId };
    },
    networkMode: "always",
  });
}

export function useSharingChanged(): () => Promise<void> {
  const client = useQueryClient();
  return useCallback(async () => {
    await Promise.all(
      ["sharing", "shared-items"].map((key) => client.invalidateQueries({ queryKey: [key] })),
    );
  }, [client]);
}

/** The standing share with somebody that goes on today. */
export const folderOf = (folders: readonly SharedFolder[], reader: string): SharedFolder | undefined =>
  folders.find(
    (folder) =>
      folder.kind === SHARED_KIND &&
      folder.stopped_at === null &&
      folder.readers.some((each) => each.reader === reader),
  );

/** Whether somebody can be shared with now. */
export const isReady = (person: Person, sharing: Pick<Sharing, "standing">): boolean =>
  person.may_read && sharing.standing.get(person.id)?.state === "ready";

export const holdsSomething = (person: Person, folders: readonly SharedFolder[]): boolean =>
  person.items > 0 || folderOf(folders, person.id) !== undefined;

/** Names of those who read an entry beside its author; of a new one (null) those who will. */
export function useReaderNames(item: string | null): string[] {
  const { data } = useSharing(usePlace());
  if (data === undefined) return [];
  const shared = data.items.find((each) => each.item === item);
  const ids = new Set(shared?.readers.map((each) => each.reader));
  return data.people
    .filter(({ id }) => (item === null ? folderOf(data.folders, id) !== undefined : ids.has(id)))
    .map(({ name }) => name);
}
