/** Relative words for clocks: "due in 2 hours", "overdue by 40 minutes", "3 days ago". */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

interface Amount {
  readonly count: number;
  readonly unit: "minute" | "hour" | "day" | "week" | "month" | "year";
}

/** The largest unit that says it without misleading: 100 minutes are still minutes, 3 hours are hours. */
export function amountOf(milliseconds: number): Amount {
  const length = Math.abs(milliseconds);
  if (length < 2 * HOUR) return { count: Math.floor(length / MINUTE), unit: "minute" };
  if (length < 2 * DAY) return { count: Math.floor(length / HOUR), unit: "hour" };
  if (length < 3 * WEEK) return { count: Math.floor(length / DAY), unit: "day" };
  if (length < 17 * WEEK) return { count: Math.floor(length / WEEK), unit: "week" };
  if (length < 700 * DAY) return { count: Math.floor(length / (30.44 * DAY)), unit: "month" };
  return { count: Math.floor(length / (365.25 * DAY)), unit: "year" };
}

/** "in 2 hours", "3 days ago", in the reader's language. */
export function relativeWords(at: string, now: number, locale: string): string {
  const difference = Date.parse(at) - now;
  const { count, unit } = amountOf(difference);
  const signed = difference < 0 ? -count : count;
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(signed, unit);
}

/** "2 hours" without direction. */
export function lengthWords(milliseconds: number, locale: string): string {
  const { count, unit } = amountOf(milliseconds);
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(count);
}

export type DueState = "none" | "due" | "soon" | "overdue";

/** "soon" is the last half hour before the flag moves on. */
export function dueState(dueAt: string | null, now: number): DueState {
  if (dueAt === null) return "none";
  const left = Date.parse(dueAt) - now;
  if (left < 0) return "overdue";
  return left < HOUR / 2 ? "soon" : "due";
}

/** Whole calendar days from `then` to `now` in a zone; 0 is today. */
export function daysBetween(then: string, now: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat("en-CA-u-ca-gregory-nu-latn", { timeZone, dateStyle: "short" });
  const day = (at: number) => Date.parse(`${format.format(at)}T00:00:00Z`);
  return Math.round((day(now) - day(Date.parse(then))) / DAY);
}
