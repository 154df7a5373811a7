/**
 * Time axes in the person's own days.
 *
 * A point belongs where the person's clock stood when they answered, so instants are mapped to
 * "wall" milliseconds (the local date and time read as if it were UTC) and every tick is computed
 * and formatted in UTC. Two instants inside a repeated autumn hour may swap places by up to an
 * hour, which no score plot can show.
 */
import { utcDay, utcHour, utcMonday, utcMonth, utcYear, type CountableTimeInterval } from "d3-time";

import type { TimeDomain } from "./types";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const formatters = new Map<string, Intl.DateTimeFormat>();

function partsFormatter(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-GB-u-ca-gregory-nu-latn", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

const WALL_PARTS = ["year", "month", "day", "hour", "minute", "second"] as const;

/** Local wall-clock time of an instant in a zone, as milliseconds read as if they were UTC. */
export function wallTime(at: string | number | Date, timeZone: string): number {
  const instant = new Date(at);
  const read = new Map(
    partsFormatter(timeZone)
      .formatToParts(instant)
      .map((part) => [part.type as string, Number(part.value)]),
  );
  const [year, month, day, hour, minute, second] = WALL_PARTS.map((name) => read.get(name) ?? 0) as [
    number, number, number, number, number, number,
  ];
  return Date.UTC(year, month - 1, day, hour, minute, second) + instant.getUTCMilliseconds();
}

/** Domain that holds all instants with a little air on both sides; never of zero length. */
export function paddedDomain(walls: readonly number[], air = 0.02): TimeDomain {
  if (walls.length === 0) return [0, DAY];
  let lowest = Infinity;
  let highest = -Infinity;
  for (const wall of walls) {
    if (wall < lowest) lowest = wall;
    if (wall > highest) highest = wall;
  }
  const pad = Math.max((highest - lowest) * air, DAY / 2);
  return [lowest - pad, highest + pad];
}

export interface TimeTick {
  readonly wall: number;
  readonly label: string;
}

interface Step {
  readonly interval: CountableTimeInterval;
  readonly every: number;
  readonly length: number;
  readonly format: Intl.DateTimeFormatOptions;
}

const MONTH_FORMAT: Intl.DateTimeFormatOptions = { month: "short" };
const MONTH_OF_YEAR: Intl.DateTimeFormatOptions = { month: "short", year: "numeric" };
const DAY_FORMAT: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };

const STEPS: readonly Step[] = [
  { interval: utcHour, every: 6, length: 6 * HOUR, format: { hour: "numeric", minute: "2-digit" } },
  { interval: utcDay, every: 1, length: DAY, format: DAY_FORMAT },
  { interval: utcDay, every: 2, length: 2 * DAY, format: DAY_FORMAT },
  { interval: utcMonday, every: 1, length: 7 * DAY, format: DAY_FORMAT },
  { interval: utcMonday, every: 2, length: 14 * DAY, format: DAY_FORMAT },
  { interval: utcMonth, every: 1, length: 30 * DAY, format: MONTH_FORMAT },
  { interval: utcMonth, every: 3, length: 91 * DAY, format: MONTH_FORMAT },
  { interval: utcMonth, every: 6, length: 182 * DAY, format: MONTH_FORMAT },
  { interval: utcYear, every: 1, length: 365 * DAY, format: { year: "numeric" } },
  { interval: utcYear, every: 5, length: 5 * 365 * DAY, format: { year: "numeric" } },
];

/**
 * Calendar ticks (whole days, Mondays, months, years), at most `most` of them and at least two.
 * The first month and each January carry their year.
 */
export function timeTicks(domain: TimeDomain, most: number, locale: string): TimeTick[] {
  const [start, end] = domain;
  const roomy = (end - start) / Math.max(1, most);
  const step = STEPS.find((candidate) => candidate.length >= roomy) ?? STEPS[STEPS.length - 1]!;
  const every = step.every === 1 ? step.interval : (step.interval.every(step.every) ?? step.interval);
  const dates = every.range(new Date(start), new Date(end + 1));
  if (dates.length < 2) return twoDays(domain, locale);
  const format = utcFormat(locale, step.format);
  const withYear = step.format === MONTH_FORMAT ? utcFormat(locale, MONTH_OF_YEAR) : format;
  const stride = Math.ceil(dates.length / Math.max(2, most));
  return dates
    .filter((_, index) => index % stride === 0)
    .map((date, index) => ({
      wall: date.getTime(),
      label: (index === 0 || date.getUTCMonth() === 0 ? withYear : format).format(date),
    }));
}

function utcFormat(locale: string, format: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, { ...format, timeZone: "UTC" });
}

/** Where no calendar step gives two ticks: one day early on the axis and one late. */
function twoDays([start, end]: TimeDomain, locale: string): TimeTick[] {
  const format = utcFormat(locale, DAY_FORMAT);
  return [0.2, 0.8]
    .map((share) => utcDay.round(new Date(start + (end - start) * share)).getTime())
    .filter((wall, index, walls) => walls.indexOf(wall) === index && wall >= start && wall <= end)
    .map((wall) => ({ wall, label: format.format(wall) }));
}
