/** Between instants and the date and time fields of a form, in a zone of our choice. */
import { wallTime } from "@/charts/time";

/** Value of a `datetime-local` field: the wall clock of a zone, to the minute. */
export function localValue(at: number, timeZone: string): string {
  return new Date(wallTime(at, timeZone)).toISOString().slice(0, 16);
}

/** Value of a `date` field: the calendar day of a zone. */
export function localDay(at: number, timeZone: string): string {
  return localValue(at, timeZone).slice(0, 10);
}

/**
 * The instant at which a zone's wall clock shows a `datetime-local` value, as ISO 8601 UTC.
 * A time that the clocks skip in spring becomes the one as long after; of a repeated one the first.
 */
export function instantOf(value: string, timeZone: string): string {
  const wall = Date.parse(`${value}:00Z`);
  const offsetAt = (at: number) => wallTime(at, timeZone) - at;
  const early = wall - offsetAt(wall - 86_400_000);
  const late = wall - offsetAt(wall + 86_400_000);
  const fitting = [early, late].filter((at) => wallTime(at, timeZone) === wall);
  return new Date(fitting.length > 0 ? Math.min(...fitting) : Math.max(early, late)).toISOString();
}
