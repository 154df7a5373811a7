/** What clinicians propose for the plan: sealed on their device to the person, opened on the person's. */
import { v4 } from "uuid";

import { api } from "@/api/client";
import type { Items, Schemas } from "@/api/types";
import { VaultError } from "@/vault/engine/errors";
import type { WireEntry } from "@/vault/engine/wire";
import type { Place } from "@/vault/opening";
import { vaultWorker } from "@/vault/worker";

import { decodePlan, encodePlan, type Steps } from "./content";
import { planPath } from "./sealed";

export const PROPOSAL_KIND = "safety-plan-proposal";
const SCHEMA = 1;

type Wire = Schemas["ProposalOut"];

export interface Opened {
  id: string;
  name: string;
  at: string;
  /** Null where it could not be opened; then `code` says why. */
  steps: Steps | null;
  code: string;
}

export const fetchProposals = async (practiceId: string, client: string): Promise<Wire[]> =>
  (await api.get<Items<Wire>>(planPath(practiceId, client, "/proposals"))).items;

async function opened(user: string, wire: Wire): Promise<Opened> {
  const { name, received_at, owner_keys, ...version } = wire;
  const found = { id: wire.item, name, at: received_at };
  const more = { position: 0, superseded: false, forgotten: false, received_at, given_at: received_at };
  try {
    if (wire.kind !== PROPOSAL_KIND) throw new VaultError("item-damaged");
    const [read] = await vaultWorker.ask("openShared", user, wire.owner, {
      owner: wire.owner,
      items: [{ ...version, ...more, wraps: [] }],
      folders: [],
      owner_keys,
      stopped_at: null,
      next: null,
    });
    if (read === undefined || "code" in read) return { ...found, steps: null, code: read?.code ?? "" };
    return { ...found, steps: decodePlan(read.content).steps, code: "" };
  } catch (error) {
    if (error instanceof VaultError) return { ...found, steps: null, code: error.code };
    throw error;
  }
}

export async function openProposals(place: Place): Promise<Opened[]> {
  const listed = await fetchProposals(place.practiceId, place.client);
  return Promise.all(listed.map((wire) => opened(place.user, wire)));
}

export const settleProposal = (place: Place, id: string): Promise<unknown> =>
  api.delete(planPath(place.practiceId, place.client, `/proposals/${id}`));

/** Seals words to the person and sends them; the author's earlier proposal goes with it. */
export async function propose(
  user: string,
  place: Pick<Place, "practiceId" | "client">,
  person: { id: string; keys: WireEntry[] },
  steps: Steps,
): Promise<void> {
  const content = encodePlan({
    steps,
    shared: false,
    written_at: new Date().toISOString(),
    reviews: [],
  });
  const what = { item: v4(), kind: PROPOSAL_KIND, schema: SCHEMA };
  const wire = await vaultWorker.ask("sealFor", user, what, content, person);
  await api.post(planPath(place.practiceId, place.client, "/proposals"), wire);
}
