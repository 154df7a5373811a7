/** Which prompt stands open, and what this device has put so far; all without network. Pure. */
import { v5 as uuid5 } from "uuid";

import type { Schemas } from "@/api/types";
import type { OutboxEntry } from "@/queue/db";

import type { Asked, Plan } from "./asking";

export type PromptItem = Schemas["PromptView"];
export type Detail = Schemas["AssessmentDetail"];

/** One prompt by its place in the assessment; `day` counts from 1. */
export interface Place {
  day: number;
  prompt: string;
}

const DAY_MS = 86_400_000;

const dayOf = (startsOn: string, localDate: string): number =>
  Math.round((Date.parse(localDate) - Date.parse(startsOn)) / DAY_MS) + 1;

const dateOf = (startsOn: string, day: number): string =>
  new Date(Date.parse(startsOn) + (day - 1) * DAY_MS).toISOString().slice(0, 10);

/** A prompt's identifier follows from its assignment, local date and place in the day. */
const idOf = (detail: Detail, localDate: string, slot: number): string =>
  uuid5(`${localDate}/${slot}`, detail.assignment_id);

export function placeOf(plan: Plan, detail: Detail, prompt: PromptItem): Place | null {
  const slot = plan.prompts.findIndex((_, index) => idOf(detail, prompt.due_on, index) === prompt.prompt_id);
  const name = plan.prompts[slot]?.id;
  return name === undefined ? null : { day: dayOf(detail.starts_on, prompt.due_on), prompt: name };
}

/** What has been put: what the server knows, and what waits on this device to be sent. */
export function putSoFar(plan: Plan, detail: Detail, outbox: readonly OutboxEntry[]): Asked[] {
  const places = new Map<string, Place>();
  for (let day = 1; day <= plan.days; day += 1) {
    for (const [slot, prompt] of plan.prompts.entries()) {
      places.set(idOf(detail, dateOf(detail.starts_on, day), slot), { day, prompt: prompt.id });
    }
  }
  const here = outbox.flatMap((entry) => {
    const place = places.get(entry.body.prompt_id ?? "");
    return place === undefined ? [] : [{ ...place, items: Object.keys(entry.body.answers) }];
  });
  return [...detail.asked, ...here];
}

interface Standing {
  now: PromptItem | null;
  next: PromptItem | null;
}

/** The prompt that stands open now, and the one that opens next; answered ones are neither. */
export function standing(
  detail: Detail,
  prompts: readonly PromptItem[],
  outbox: readonly OutboxEntry[],
  now: number,
): Standing {
  const answered = new Set(outbox.map((entry) => entry.body.prompt_id));
  const own = prompts
    .filter((each) => each.assignment_id === detail.assignment_id && !answered.has(each.prompt_id))
    .sort((a, b) => Date.parse(a.opens_at) - Date.parse(b.opens_at));
  return {
    now:
      own.find(
        (each) =>
          Date.parse(each.opens_at) <= now &&
          (each.closes_at === null || now < Date.parse(each.closes_at)),
      ) ?? null,
    next: own.find((each) => Date.parse(each.opens_at) > now) ?? null,
  };
}
