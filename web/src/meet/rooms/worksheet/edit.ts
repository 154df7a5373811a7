/** What somebody did to a text, and where a place in it is after what somebody else did. */

export interface Edit {
  at: number;
  removed: number;
  added: string;
}

const isHigh = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xd800;
const isLow = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00;

/**
 * The one change that leads from `before` to `after`, where the caret stands behind what was typed:
 * of several ways to read it ("aa" to "aaa") the one that the hand went. No sign of two halves is cut.
 */
export function editOf(before: string, after: string, caret: number): Edit {
  const most = Math.min(before.length, after.length);
  let end = 0;
  while (end < Math.min(most, after.length - caret) && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  if (end > 0 && isLow(after, after.length - end)) end -= 1;
  let start = 0;
  while (start < most - end && before[start] === after[start]) start += 1;
  if (start > 0 && isHigh(after, start - 1)) start -= 1;
  return { at: start, removed: before.length - end - start, added: after.slice(start, after.length - end) };
}

/** A change as Yjs tells it. */
export interface Step {
  retain?: number | undefined;
  insert?: unknown;
  delete?: number | undefined;
}

/** Where a place is after a change; what is written right at it comes behind it. */
export function moved(place: number, steps: readonly Step[]): number {
  let [at, now] = [0, place];
  for (const { retain = 0, insert, delete: gone = 0 } of steps) {
    if (at >= now) break;
    at += retain;
    if (typeof insert === "string" && at < now) {
      now += insert.length;
      at += insert.length;
    }
    if (gone > 0 && at < now) now = Math.max(at, now - gone);
  }
  return now;
}
