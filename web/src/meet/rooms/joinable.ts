/** When there is a way into a visit. The server decides; this decides what is shown. */
import { GOING_ON, OVER, WITH_ROOM } from "./states";

const HOUR = 3_600_000;
/** A visit that nobody closed stays open to join for so long after its time. */
const LATE = 3 * HOUR;

export interface Joinable {
  startsAt: string;
  medium: string;
  status: string;
}

export function joinable({ startsAt, medium, status }: Joinable, now: number): boolean {
  if (!WITH_ROOM.has(medium) || OVER.has(status)) return false;
  if (GOING_ON.has(status)) return true;
  const starts = Date.parse(startsAt);
  return now >= starts - HOUR && now <= starts + LATE;
}
