/** The safety plan for the rest of the client: what a conversation made is kept here. */
import { readSetting } from "@/app/settings";
import type { Me, PlanStep } from "@/api/types";
import { fetchHeld } from "@/queue/held";
import type { Place } from "@/vault/opening";

import { keepSteps } from "./plan/sealed";

/** The record of whoever is signed in, in the practice on screen; also without network. */
async function ownPlace(): Promise<Place> {
  const me = await fetchHeld<Me>("/me");
  const own = me.memberships.filter(({ client_id }) => client_id !== null);
  const membership = own.find(({ practice }) => practice.id === readSetting("practice")) ?? own[0];
  if (membership === undefined || membership.client_id === null) {
    throw new Error("a safety plan is for a person with a record");
  }
  return { user: me.id, practiceId: membership.practice.id, client: membership.client_id };
}

/**
 * The answers of the finished flow `safety-plan`: step names and lists of lines, and under `record`
 * whether they are wanted (`left`: they are not). A step that was skipped keeps the lines it had. Into
 * the vault where it is open here (`sealed`), else onto this device, from where it moves into the vault
 * when that is opened.
 */
export async function saveFromConversation(
  steps: Partial<Record<string, unknown>>,
  place?: Place,
): Promise<"sealed" | "device" | "left"> {
  if (steps["record"] === "leave") return "left";
  const lists = Object.entries(steps).filter((entry): entry is [PlanStep, unknown[]] =>
    Array.isArray(entry[1]),
  );
  return keepSteps(place ?? (await ownPlace()), Object.fromEntries(lists));
}
