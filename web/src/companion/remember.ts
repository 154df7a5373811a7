/** What it remembers, changed by what happens in a conversation: pure, and all of it the person's. */
import type { Memory, PastOffer } from "./store";
import type { Effect } from "./wire";

export const HELPED = ["much", "little", "not"] as const;
export type Helped = (typeof HELPED)[number];
type Changed = Omit<Memory, "written_at">;

const MOST = 200;
const NOTHING_NOW = "nothing";

/** As the server's offers divide the day. */
export function partOfDay(hour: number): PastOffer["part"] {
  if (hour >= 22 || hour < 6) return "night";
  if (hour < 11) return "morning";
  return hour >= 18 ? "evening" : "day";
}

/** The day, as what is remembered names it. */
const dayOf = (now: Date): string => now.toISOString().slice(0, 10);

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** Offers made and exercises finished in a turn. */
export function remembering(memory: Changed, effects: readonly Effect[], now: Date): Changed {
  let { finished, past } = memory;
  for (const { kind, data } of effects) {
    const flow = text(data["flow"]);
    if (flow === null) continue;
    if (kind === "offer") past = [...past, offered(flow, data, now)];
    if (kind === "finished") {
      finished = { ...finished, [flow]: dayOf(now) };
      past = taken(past, flow, now);
    }
  }
  return { ...memory, finished, past: past.slice(-MOST) };
}

/** An offer stands as not taken until it is. To offer nothing was right until something is taken. */
function offered(flow: string, data: Effect["data"], now: Date): PastOffer {
  const chance = typeof data["chance"] === "number" ? data["chance"] : null;
  const part = partOfDay(now.getHours());
  const nothing = flow === NOTHING_NOW;
  return { flow, part, day: dayOf(now), taken: nothing, helped: nothing ? "much" : null, chance };
}

function taken(past: readonly PastOffer[], flow: string, now: Date): PastOffer[] {
  const day = dayOf(now);
  const last = past.findLastIndex((each) => each.day === day);
  const newest = past[last];
  if (newest?.flow === flow) return past.with(last, { ...newest, taken: true });
  const before =
    newest?.flow === NOTHING_NOW ? past.with(last, { ...newest, helped: "not" }) : [...past];
  const own: PastOffer = { flow, part: partOfDay(now.getHours()), day, taken: true, helped: null, chance: null };
  return [...before, own];
}

/** What the person said of an exercise that they finished. */
export function helping(memory: Changed, flow: string, helped: Helped): Changed {
  const last = memory.past.findLastIndex((each) => each.flow === flow && each.taken);
  const newest = memory.past[last];
  if (newest === undefined) return memory;
  return { ...memory, past: memory.past.with(last, { ...newest, helped }) };
}

/** Everything of one exercise, forgotten. */
export function forgetting(memory: Changed, flow: string): Changed {
  const { [flow]: _, ...finished } = memory.finished;
  return { ...memory, finished, past: memory.past.filter((each) => each.flow !== flow) };
}
