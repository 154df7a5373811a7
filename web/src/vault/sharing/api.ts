/** Sharing's endpoints, and where a version's ciphertext comes from. */
import { api, clientPath } from "@/api/client";
import { fetchHeld } from "@/queue/held";
import type { Schemas } from "@/api/types";

import { vaultDb } from "../db";
import type { WireFolderKey, WireVersion } from "../engine/wire";
import type { Place } from "../opening";
import type { NewGrant, NewWrap, Overview, Received, SharedItem } from "./types";

/** Grants or wraps in one request. */
const BATCH = 100;

const path = ({ practiceId, client }: Pick<Place, "practiceId" | "client">, rest: string): string =>
  clientPath(practiceId, client, `/vault${rest}`);

interface ItemsPage {
  items: SharedItem[];
  next: number | null;
}

interface ItemsQuery {
  before?: number;
  reader?: string;
  item?: string;
}

/** Who may be shared with, and what stands. */
export const fetchOverview = (place: Place): Promise<Overview> =>
  api.get<Overview>(path(place, "/sharing"));

/** The same for a screen: without network as it was last seen here. */
export const heldOverview = (place: Place): Promise<Overview> =>
  fetchHeld<Overview>(path(place, "/sharing"));

export const heldItems = (place: Place, { before, reader }: ItemsQuery): Promise<ItemsPage> =>
  fetchHeld<ItemsPage>(path(place, "/sharing/items"), { before, reader });

export async function allItems(
  place: Place,
  query: { reader?: string; item?: string },
): Promise<SharedItem[]> {
  const found: SharedItem[] = [];
  for (let before: number | null | undefined; before !== null; ) {
    const page: ItemsPage = await api.get(path(place, "/sharing/items"), {
      query: { ...query, before },
    });
    found.push(...page.items);
    before = page.next;
  }
  return found;
}

async function batches<T>(list: readonly T[], work: (some: T[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < list.length; at += BATCH) await work(list.slice(at, at + BATCH));
}

export const postGrants = (place: Place, grants: readonly NewGrant[]): Promise<void> =>
  batches(grants, (some) => api.post(path(place, "/grants"), { grants: some }));

export const postWraps = (place: Place, folder: string, wraps: readonly NewWrap[]): Promise<void> =>
  batches(wraps, (some) => api.post(path(place, `/folders/${folder}/wraps`), { wraps: some }));

export const postFolder = (
  place: Place,
  folder: { id: string; kind: string; keys: WireFolderKey[] },
): Promise<unknown> => api.post(path(place, "/folders"), folder);

export const postItem = (place: Place, version: WireVersion): Promise<unknown> =>
  api.post(path(place, "/items"), { ...version, forget_earlier: false });

export const stopFolder = (place: Place, folder: string, reader: string): Promise<unknown> =>
  api.delete(path(place, `/folders/${folder}/readers/${reader}`));

export const stopItem = (place: Place, item: string, reader: string): Promise<unknown> =>
  api.delete(path(place, `/items/${item}/readers/${reader}`));

export const stopReader = (place: Place, reader: string): Promise<unknown> =>
  api.delete(path(place, `/readers/${reader}`));

/** Written down on the server first: what is accepted in silence cannot be looked into later. */
export const postAccepted = (
  place: Pick<Place, "practiceId" | "client">,
  accepted: Schemas["AcceptedKeys"],
): Promise<unknown> => api.post(path(place, "/accepted-keys"), accepted);

export const fetchReceived = (
  place: Pick<Place, "practiceId" | "client">,
  before: number | null,
): Promise<Received> =>
  api.get<Received>(path(place, "/shared"), { query: before === null ? {} : { before } });

/** The person's own version: this device's copy, else the server's. */
export async function versionOf(
  place: Place,
  { item, hash, position }: Pick<SharedItem, "item" | "hash" | "position">,
): Promise<WireVersion | null> {
  const stored = await (await vaultDb()).get("versions", [place.user, place.client, item, hash]);
  if (stored !== undefined && !stored.forgotten) return stored.wire;
  const page = await api.get<Schemas["VersionsOut"]>(path(place, "/items"), {
    query: { after: position - 1 },
  });
  const found = page.items.find((each) => each.item === item && each.position === position);
  return found === undefined || found.forgotten ? null : found;
}
