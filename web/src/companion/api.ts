/** What the practice's server knows of conversations: tickets, the policy, passages; never a text. */
import { api, clientPath, practicePath } from "@/api/client";
import { ApiError, OfflineError } from "@/api/problems";
import type { Monitored } from "@/api/types";
import type { WireEntry, WireVersion } from "@/vault/engine/wire";
import type { Place } from "@/vault/opening";
import { fetchHeld } from "@/queue/held";

import { TurnFailed } from "./transport";

/** What the care team is told, in the practice's own language. */
export interface Policy {
  version: number;
  tell_from: string;
  words: "asked" | "standing";
  note: string;
  since: string | null;
  sentences: string[];
}

export interface Leave {
  conversation: boolean;
  why: "minor" | "jurisdiction" | "screening" | null;
  ticket: string | null;
  expires_at: string | null;
  url: string;
  policy: Policy;
  flows: { flow: string; title: string; offer: string; minutes: number }[];
  model: boolean;
  model_name: string | null;
  monitored: Monitored;
  /** The person agreed beforehand that words that worry go to whoever is on call. */
  words_agreed: boolean;
}

export const fetchLeave = (
  { practiceId, client }: Pick<Place, "practiceId" | "client">,
  body: { language: string; country: string | null },
): Promise<Leave> => api.post<Leave>(clientPath(practiceId, client, "/companion/tickets"), body);

/** The policy; without network as it was last seen here. */
export const fetchPolicy = (practiceId: string, language: string): Promise<{ policy: Policy }> =>
  fetchHeld(practicePath(practiceId, "/companion/policy"), { language });

/** In the words of a turn that failed. */
export function asFailure(error: unknown): TurnFailed {
  if (error instanceof OfflineError) return new TurnFailed("away");
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 429) return new TurnFailed("too-often");
  return new TurnFailed(error.status >= 500 ? "away" : "refused");
}

// --- the passage

export interface Readers {
  flag: string | null;
  agreed: boolean;
  readers: { id: string; name: string; now: boolean; keys: WireEntry[] }[];
}

export const fetchReaders = ({ practiceId, client }: Place): Promise<Readers> =>
  api.get<Readers>(clientPath(practiceId, client, "/passages/readers"));

export const postPassage = (
  { practiceId, client }: Place,
  body: { version: WireVersion; report: string | null },
): Promise<{ item: string; to: string[] }> =>
  api.post(clientPath(practiceId, client, "/passages"), body);

// --- for everybody

export interface PublicProtocol {
  protocol: { version: string | number; languages: string[]; references: { cite: string; url: string | null }[] };
  screen: { version: string | number };
  referrals: {
    /** Rounded down to fives, and null below five. */
    years: { year: number; at_least: number | null }[];
    months: { month: string; at_least: number | null }[];
  };
}

export const fetchProtocol = (): Promise<PublicProtocol> => fetchHeld<PublicProtocol>("/protocol");
