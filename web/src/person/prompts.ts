/** What is asked now and later, by the device's own reckoning: it must also be right without network. */
import type { DueItem } from "@/api/types";
import type { OutboxEntry } from "@/queue/db";

export interface Asked {
  open: DueItem[];
  /** In the order in which they will be asked. */
  later: DueItem[];
}

const at = (instant: string): number => Date.parse(instant);

/** When a prompt asks (again): its opening, or the end of having been put off. */
export const asksAt = (each: DueItem): number => at(each.snoozed_until ?? each.opens_at);

/** Whether one of the answers on this device answers it, delivered or not. */
function answered(each: DueItem, given: readonly OutboxEntry[]): boolean {
  return given.some(({ body }) => {
    if (body.parent !== undefined && body.parent !== null) return false;
    if (body.prompt_id === each.prompt_id) return true;
    const inside =
      at(body.answered_at) >= at(each.opens_at) &&
      (each.closes_at === null || at(body.answered_at) < at(each.closes_at));
    return body.instrument === each.instrument && inside;
  });
}

/**
 * Sorts what the server said, perhaps two days ago, into open and later at `now` (milliseconds, by
 * the server's clock). What has closed is gone; two assignments of one questionnaire ask it once.
 */
export function asked(
  known: readonly DueItem[],
  given: readonly OutboxEntry[],
  now: number,
): Asked {
  const open = new Map<string, DueItem>();
  const later: DueItem[] = [];
  const standing = [...known].sort((a, b) => asksAt(a) - asksAt(b));
  for (const each of standing) {
    const closed = each.closes_at !== null && at(each.closes_at) <= now;
    if (closed || answered(each, given)) continue;
    if (asksAt(each) > now) later.push(each);
    else if (!open.has(each.instrument)) open.set(each.instrument, each);
  }
  // What waits already need not be announced.
  const asking = new Set([...open.values()].map((each) => each.assignment_id));
  return {
    open: [...open.values()],
    later: later.filter((each) => !asking.has(each.assignment_id)),
  };
}

const A_DAY = 86_400_000;

/** Until when it must be answered, where that is worth saying: all day or all week is not. */
export const mustBy = ({ opens_at, closes_at }: DueItem): string | null =>
  closes_at !== null && at(closes_at) - at(opens_at) < 0.9 * A_DAY ? closes_at : null;

/** Whether the clocks on two walls read the same, now and half a year on: "Asia/Calcutta" is Kolkata. */
export function sameClock(one: string, other: string, now: number): boolean {
  const reads = (zone: string, instant: number): string =>
    new Intl.DateTimeFormat("en-GB", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(instant);
  const later = now + 182 * 86_400_000;
  return reads(one, now) === reads(other, now) && reads(one, later) === reads(other, later);
}
