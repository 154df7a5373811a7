/** Opens versions in the worker; what was opened last is at hand for a while. */
import { toBase64Url } from "@/auth/bytes";

import { decodeContent } from "./content";
import type { StoredVersion } from "./db";
import type { WireVersion } from "./engine/wire";
import type { Opened } from "./keyring";
import type { Known } from "./summary";
import { vaultWorker, whenLocked } from "./worker";

export interface Place {
  user: string;
  practiceId: string;
  client: string;
}

const MOST_AT_HAND = 300;
const atHand = new Map<string, Known>();

whenLocked(() => atHand.clear());

function remember(hash: string, known: Known): void {
  atHand.set(hash, known);
  const [oldest] = atHand.keys();
  if (atHand.size > MOST_AT_HAND && oldest !== undefined) atHand.delete(oldest);
}

function known(opened: Opened): Known {
  if ("code" in opened) return { code: opened.code };
  return decodeContent(opened.content);
}

/** Each version's hash with what it says, or why it could not be opened; in the order given. */
export async function openAll(
  place: Place,
  versions: readonly WireVersion[],
): Promise<{ hash: string; known: Known }[]> {
  if (versions.length === 0) return [];
  const opened = await vaultWorker.ask("open", place.user, versions);
  return opened.map((answer) => {
    const found = { hash: toBase64Url(answer.hash), known: known(answer) };
    remember(found.hash, found.known);
    return found;
  });
}

/** What each of the versions says, by the hash it is kept under. */
export async function contentsOf(
  place: Place,
  versions: readonly StoredVersion[],
  given: ReadonlyMap<string, Known> = new Map(),
): Promise<Map<string, Known>> {
  const contents = new Map<string, Known>();
  const closed: StoredVersion[] = [];
  for (const version of versions) {
    const found = given.get(version.hash) ?? atHand.get(version.hash);
    if (found === undefined) closed.push(version);
    else contents.set(version.hash, found);
  }
  const opened = await openAll(
    place,
    closed.map((version) => version.wire),
  );
  for (const [at, version] of closed.entries()) {
    const answer = opened[at];
    if (answer !== undefined) contents.set(version.hash, answer.known);
  }
  return contents;
}
