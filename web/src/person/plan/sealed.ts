/**
 * The plan as an item of the vault: one for each person, under an identifier that all their devices
 * work out alike, every version kept. It is written here first and goes out when there is network; the
 * same exchange grants it to whoever is to read it, and takes it back from whoever is not any more.
 */
import { api, clientPath } from "@/api/client";
import { ApiError, OfflineError } from "@/api/problems";
import type { Items, Schemas } from "@/api/types";
import { fromBase64Url } from "@/auth/bytes";
import { movedOn } from "@/vault/access";
import { keepVersions, ofItem, type StoredVersion, vaultDb } from "@/vault/db";
import { type Bytes, digest, uuidBytes } from "@/vault/engine/encoding";
import { VaultError } from "@/vault/engine/errors";
import { compareBytes } from "@/vault/engine/items";
import { send } from "@/vault/exchange";
import type { Place } from "@/vault/opening";
import { postGrants, stopItem } from "@/vault/sharing/api";
import { sendShared } from "@/vault/sharing/grantOn";
import type { Read } from "@/vault/sharing/sealing";
import type { WireVersion } from "@/vault/engine/wire";
import { vaultWorker } from "@/vault/worker";

import { decodePlan, encodePlan, merged, type PlanContent, withSteps } from "./content";
import { dropHere, keepHere, readHere } from "./device";

export const PLAN_KIND = "safety-plan";
const SCHEMA = 1;

/** Somebody who may be given the plan, or who holds it. */
export type PlanReader = Schemas["PlanReaderOut"];

export interface Head {
  hash: string;
  wire: WireVersion;
  sent: boolean;
}

export interface SealedPlan {
  item: string;
  heads: Head[];
  content: PlanContent;
  /** A version could not be opened; what is shown is the rest. */
  damaged: boolean;
}

/** The plan's identifier: RFC 9562's version 8, out of the account and the record. */
export async function planItem({ user, client }: Pick<Place, "user" | "client">): Promise<string> {
  const bytes = await digest("holdfast/vault/v1/safety-plan-item", uuidBytes(user), uuidBytes(client));
  const id = bytes.slice(0, 16);
  id[6] = (id[6]! & 0x0f) | 0x80;
  id[8] = (id[8]! & 0x3f) | 0x80;
  const hex = [...id].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

async function versionsHere(place: Place, item: string): Promise<StoredVersion[]> {
  const all = await (await vaultDb()).getAll("versions", ofItem(place.user, place.client, item));
  return all.filter(({ wire, forgotten }) => wire.kind === PLAN_KIND && !forgotten);
}

function headsOf(versions: readonly StoredVersion[]): Head[] {
  const followed = new Set(versions.flatMap(({ wire }) => wire.previous));
  return versions
    .filter(({ hash }) => !followed.has(hash))
    .map(({ hash, wire, position }) => ({ hash, wire, sent: position !== null }));
}

const readable = (read: readonly Read[]): PlanContent[] =>
  read.flatMap((each) => ("content" in each ? [decodePlan(each.content)] : []));

/** The plan as it is on this device; null where there is none. */
export async function readPlan(place: Place): Promise<SealedPlan | null> {
  const item = await planItem(place);
  const heads = headsOf(await versionsHere(place, item));
  if (heads.length === 0) return null;
  const read = await vaultWorker.ask("openOwn", place.user, heads.map(({ wire }) => wire));
  const contents = readable(read);
  return { item, heads, content: merged(contents), damaged: contents.length < heads.length };
}

/** Keeps a new version on this device; when it resolves, it survives a crash. */
export async function savePlan(place: Place, content: PlanContent): Promise<void> {
  const item = await planItem(place);
  const heads = headsOf(await versionsHere(place, item));
  const next = {
    item,
    revision: 1 + Math.max(0, ...heads.map(({ wire }) => wire.revision)),
    previous: heads.map(({ hash }): Bytes => fromBase64Url(hash)).sort(compareBytes),
  };
  const what = { kind: PLAN_KIND, schema: SCHEMA };
  const sealed = await vaultWorker.ask("sealAs", place.user, what, next, encodePlan(content));
  const { user, client } = place;
  const more = { forgetEarlier: false, forgotten: false, position: null, refused: null };
  await keepVersions([{ user, client, item, hash: sealed.name, wire: sealed.wire, ...more }]);
  if ((await readHere(place, "copy")) !== null) await keepHere(place, "copy", content);
}

/** A plan that was kept on this device alone moves into the vault once there is one. */
export async function adoptPlan(place: Place): Promise<void> {
  const kept = await readHere<PlanContent>(place, "plan");
  if (kept === null) return;
  const there = await readPlan(place);
  const both = there === null ? [kept] : [there.content, kept];
  await savePlan(place, { ...merged(both), shared: there?.content.shared ?? false });
  await dropHere(place, "plan");
}

/**
 * What the server has of the plan that this device has not. It asks for all versions: one that another
 * device sent may stand before one that was sent from here.
 */
async function receivePlan(place: Place, item: string): Promise<void> {
  const known = new Set((await versionsHere(place, item)).map(({ position }) => position));
  for (let after: number | null = 0; after !== null; ) {
    const path = clientPath(place.practiceId, place.client, "/vault/items");
    const page: Schemas["VersionsOut"] = await api.get(path, { query: { item, after } });
    const whole = page.items.filter((each) => !each.forgotten && !known.has(each.position));
    const read = await vaultWorker.ask("openOwn", place.user, whole);
    const { user, client } = place;
    await keepVersions(
      whole.map((version, at) => {
        const { position, superseded: _, forgotten, ...wire } = version;
        const more = { forgetEarlier: false, forgotten, position, refused: null };
        return { user, client, item, hash: read[at]!.hash, wire, ...more };
      }),
    );
    after = page.next;
  }
}

export const planPath = (practiceId: string, client: string, rest = ""): string =>
  clientPath(practiceId, client, `/safety-plan${rest}`);

export const fetchReaders = async (place: Place): Promise<PlanReader[]> =>
  (await api.get<Items<PlanReader>>(planPath(place.practiceId, place.client, "/readers"))).items;

/** Gives one reader the versions they lack; false where their keys are not those known here. */
async function give(place: Place, reader: PlanReader, heads: readonly Head[]): Promise<boolean> {
  const missing = heads.filter(({ hash }) => !reader.hashes.includes(hash));
  if (missing.length === 0) return true;
  try {
    const wires = missing.map(({ wire }) => wire);
    await postGrants(place, await vaultWorker.ask("grantTo", place.user, wires, reader));
    return true;
  } catch (error) {
    if (error instanceof VaultError) return false;
    throw error;
  }
}

/**
 * Lets the plan be read by those who are to read it today, and by nobody else. From whom something was
 * taken back, they get it only where `again` names them.
 */
async function grantPlan(place: Place, again: ReadonlySet<string>): Promise<void> {
  const plan = await readPlan(place);
  if (plan === null) return;
  const heads = plan.heads.filter(({ sent }) => sent);
  for (const reader of await fetchReaders(place)) {
    if (plan.content.shared && reader.why !== null) {
      const wanted = !reader.declined || again.has(reader.id);
      if (reader.keys.length > 0 && wanted) await give(place, reader, heads);
    } else if (reader.holds) {
      await stopItem(place, plan.item, reader.id);
    }
  }
}

const nobody: ReadonlySet<string> = new Set();

/** Sends, receives and grants. False where it could not now: without network, or with older keys. */
export async function exchangePlan(place: Place, again = nobody): Promise<boolean> {
  // The journal's line: two exchanges at once would send the same twice.
  return navigator.locks.request("holdfast-journal", async () => {
    try {
      if ((await movedOn(place.user)) !== null) return false;
      await sendShared(place, send);
      await receivePlan(place, await planItem(place));
      await grantPlan(place, again);
      return true;
    } catch (error) {
      const expected = [OfflineError, ApiError, VaultError].some((kind) => error instanceof kind);
      if (!expected) throw error;
      return false;
    }
  });
}

/** Puts the steps of a conversation into the plan; where it went. */
export async function keepSteps(
  place: Place,
  said: Parameters<typeof withSteps>[1],
): Promise<"sealed" | "device"> {
  const open = await vaultWorker.ask("isOpen", place.user);
  const there = open
    ? ((await readPlan(place))?.content ?? null)
    : await readHere<PlanContent>(place, "plan");
  const before = there ?? merged([]);
  const steps = withSteps(before.steps, said);
  const content = { ...before, steps, written_at: new Date().toISOString() };
  if (!open) {
    await keepHere(place, "plan", content);
    return "device";
  }
  await savePlan(place, content);
  void exchangePlan(place);
  return "sealed";
}
