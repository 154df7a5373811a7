/** Weekly hours and other dates as the editor changes them: pure, tested in availability.test.ts. */
import type { Availability, ExceptionDay, Rule } from "./api";

export const hhmm = (time: string | null | undefined): string => (time ?? "").slice(0, 5);

/** What a rule has that belongs to it and not to the form. */
export interface Keyed<T> {
  readonly key: number;
  readonly value: T;
}

let last = 0;
export const keyed = <T>(value: T): Keyed<T> => ({ key: (last += 1), value });

/** A rule to begin with: the usual hours, on the wall and from the day given. */
export const newRule = (weekday: number, zone: string, from: string): Rule => ({
  weekday,
  from_time: "09:00",
  until_time: "17:00",
  time_zone: zone,
  valid_from: from,
  valid_until: null,
  media: ["in_person", "video"],
  place_id: null,
  types: [],
});

/** Whether a rule has come to its end before a day. */
export const isOver = (rule: Rule, today: string): boolean =>
  rule.valid_until !== null && rule.valid_until !== undefined && rule.valid_until < today;

/** The day before, as dates go. */
export const dayBefore = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

/**
 * Somebody moves: on the day given their rules of other zones end, and the same hours begin on the
 * wall of the new zone. What began later than that day begins there in the new zone.
 */
export function moveTo(rules: readonly Rule[], on: string, zone: string): Rule[] {
  return rules.flatMap((rule): Rule[] => {
    const ends = rule.valid_until ?? null;
    if (rule.time_zone === zone || (ends !== null && ends < on)) return [rule];
    if (rule.valid_from >= on) return [{ ...rule, time_zone: zone }];
    return [
      { ...rule, valid_until: dayBefore(on) },
      { ...rule, time_zone: zone, valid_from: on },
    ];
  });
}

/** What is wrong with the rules, by their place in the list. */
export function ruleFaults(rules: readonly Rule[]): ReadonlyMap<number, "order" | "media"> {
  const faults = new Map<number, "order" | "media">();
  rules.forEach((rule, index) => {
    const until = hhmm(rule.until_time);
    if (until !== "00:00" && until <= hhmm(rule.from_time)) faults.set(index, "order");
    else if (rule.media.length === 0) faults.set(index, "media");
  });
  return faults;
}

/** The body of a write. */
export const whole = (
  seen: Availability,
  rules: readonly Rule[],
  exceptions: readonly ExceptionDay[],
): { revision: string; rules: readonly Rule[]; exceptions: readonly ExceptionDay[] } => ({
  revision: seen.revision,
  rules,
  exceptions,
});
