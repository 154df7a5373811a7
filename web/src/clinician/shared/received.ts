/** What a person shares with the clinician at this device, opened here and kept in memory only. */
import { decodeContent } from "@/vault/content";
import { EXCERPT_KIND, readExcerpt } from "@/vault/engine/excerpts";
import { VaultError } from "@/vault/engine/errors";
import type { WireEntry } from "@/vault/engine/wire";
import type { EntryVersion } from "@/vault/journal";
import { fetchReceived } from "@/vault/sharing/api";
import type { Shown } from "@/vault/sharing/SharedContent";
import type { Received, ReceivedVersion } from "@/vault/sharing/types";
import { vaultWorker } from "@/vault/worker";

/** One shared text; `code` says why it could not be opened. */
export interface SharedText extends Shown {
  id: string;
  sharedAt: string;
  /** A whole entry, with its mood, tags and pictures. */
  version: EntryVersion | null;
  code: string | null;
}

export interface SharedPage {
  owner: string;
  ownerKeys: WireEntry[];
  texts: SharedText[];
  stoppedAt: string | null;
  /** Their keys are not those this device knew: nothing was opened. */
  closed: boolean;
  next: number | null;
}

const whole = (hash: string, wire: ReceivedVersion, bytes: Uint8Array<ArrayBuffer>): Partial<SharedText> => {
  const { text, begun_at, written_at, tags = [], photos = [], mood, prompt } = decodeContent(bytes);
  const version: EntryVersion = {
    hash,
    revision: wire.revision,
    writtenAt: written_at,
    text,
    tags,
    photos,
    ...(mood === undefined ? {} : { mood }),
    ...(prompt === undefined ? {} : { prompt }),
    code: null,
    sent: true,
  };
  return { what: "entry", text, begunAt: begun_at, version };
};

function excerpt(bytes: Uint8Array<ArrayBuffer>): Partial<SharedText> {
  const { text, begun_at, edited } = readExcerpt(bytes);
  return { what: edited ? "summary" : "excerpt", text, begunAt: begun_at };
}

async function opened(user: string, owner: string, received: Received): Promise<SharedText[]> {
  const read = await vaultWorker.ask("openShared", user, owner, received);
  return read.map((answer, at) => {
    const wire = received.items[at]!;
    const closed: SharedText = {
      id: `${wire.item}/${answer.hash}`,
      what: wire.kind === EXCERPT_KIND ? "excerpt" : "entry",
      text: "",
      begunAt: "",
      sharedAt: wire.given_at,
      version: null,
      code: null,
    };
    if ("code" in answer) return { ...closed, code: answer.code };
    const content =
      wire.kind === EXCERPT_KIND ? excerpt(answer.content) : whole(answer.hash, wire, answer.content);
    return { ...closed, ...content };
  });
}

async function openedUnless(user: string, owner: string, received: Received): Promise<SharedText[] | null> {
  try {
    return await opened(user, owner, received);
  } catch (error) {
    const closed = error instanceof VaultError && error.code === "keys-changed-unexpectedly";
    if (!closed) throw error;
    return null;
  }
}

/** One page, newest first; closed where the person's keys are others than this device knew. */
export async function readShared(
  user: string,
  place: { practiceId: string; client: string },
  before: number | null,
): Promise<SharedPage> {
  const received = await fetchReceived(place, before);
  const owner = received.owner;
  let texts: SharedText[] | null = [];
  if (received.items.length > 0) texts = await openedUnless(user, owner, received);
  return {
    owner,
    ownerKeys: received.owner_keys,
    texts: texts ?? [],
    stoppedAt: received.stopped_at,
    closed: texts === null,
    next: received.next,
  };
}
