/** Orders and marks shared by the clinician's lists. */
import type { FlagLevel } from "@/api/types";

import type { FlagRow } from "./types";

export const LEVELS: readonly FlagLevel[] = ["none", "watch", "concern", "urgent", "emergency"];

export function levelRank(level: FlagLevel | null): number {
  return level === null ? 0 : LEVELS.indexOf(level);
}

/**
 * What a human should look at first: flags of living history before imported ones, those nobody
 * answered for, the higher level, then the earlier due time; open before handled before closed.
 */
export function byUrgency(a: FlagRow, b: FlagRow): number {
  return (
    Number(a.state === "closed") - Number(b.state === "closed") ||
    Number(a.historical) - Number(b.historical) ||
    Number(b.alarm) - Number(a.alarm) ||
    levelRank(b.level) - levelRank(a.level) ||
    Number(a.state !== "open") - Number(b.state !== "open") ||
    compareInstants(a.due_at, b.due_at) ||
    compareInstants(a.raised_at, b.raised_at)
  );
}

/** Earlier first; no instant comes last. */
export function compareInstants(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return Date.parse(a) - Date.parse(b);
}
