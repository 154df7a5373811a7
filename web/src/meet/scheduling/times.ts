/** Free times by day, and times on two walls: pure, tested in times.test.ts. */
import { wallTime } from "@/charts/time";
import type { Schemas } from "@/api/types";

export type Slot = Schemas["SlotOut"];

const DAY = 86_400_000;

export interface Day {
  /** The calendar day on the reader's wall, YYYY-MM-DD. */
  readonly day: string;
  readonly slots: readonly Slot[];
}

/** The calendar day of an instant on the wall of a zone. */
export const dayOf = (at: string | number, zone: string): string =>
  new Date(wallTime(typeof at === "number" ? at : Date.parse(at), zone)).toISOString().slice(0, 10);

/** Slots by the reader's day, in the order in which the server gave them. */
export function byDay(slots: readonly Slot[], zone: string): Day[] {
  const days = new Map<string, Slot[]>();
  for (const slot of slots) {
    const day = dayOf(slot.starts_at, zone);
    const known = days.get(day);
    if (known === undefined) days.set(day, [slot]);
    else known.push(slot);
  }
  return [...days].map(([day, found]) => ({ day, slots: found }));
}

/** Whether two zones' walls show the same time at an instant. */
export function sameWall(at: string, one: string, other: string): boolean {
  const instant = Date.parse(at);
  return wallTime(instant, one) === wallTime(instant, other);
}

/** The Monday of the week of an instant, as the first instant of that day in the zone. */
export function weekStart(at: number, zone: string): number {
  const wall = wallTime(at, zone);
  const midnight = wall - (wall % DAY);
  const monday = midnight - ((new Date(midnight).getUTCDay() + 6) % 7) * DAY;
  return instantAtWall(monday, zone);
}

/** So many calendar days after an instant that is a midnight of the zone. */
export const daysLater = (at: number, days: number, zone: string): number =>
  instantAtWall(wallTime(at, zone) + days * DAY, zone);

function instantAtWall(wall: number, zone: string): number {
  const early = wall - (wallTime(wall - DAY, zone) - (wall - DAY));
  const late = wall - (wallTime(wall + DAY, zone) - (wall + DAY));
  const fitting = [early, late].filter((at) => wallTime(at, zone) === wall);
  return fitting.length > 0 ? Math.min(...fitting) : Math.max(early, late);
}
