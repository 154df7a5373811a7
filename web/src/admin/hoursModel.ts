/** Weekly hours as the form edits them. Times are HH:MM on the practice's wall clock. */
import type { OpeningHours } from "./types";

export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

export interface HourFault {
  readonly weekday: number;
  readonly code: "missing" | "ends-before-start" | "overlap";
}

/** "09:00:00" as the server writes it, "09:00" as a field holds it. */
export const toMinutes = (time: string): string => time.slice(0, 5);

export function hoursOf(hours: readonly OpeningHours[], weekday: number): OpeningHours[] {
  return hours
    .filter((each) => each.weekday === weekday)
    .map((each) => ({ ...each, opens: toMinutes(each.opens), closes: toMinutes(each.closes) }))
    .sort((a, b) => a.opens.localeCompare(b.opens));
}

/** Hours to begin with on a day: the usual ones, or two hours after what the day has already. */
export function nextInterval(hours: readonly OpeningHours[], weekday: number): OpeningHours {
  const last = hoursOf(hours, weekday).at(-1);
  if (last === undefined) return { weekday, opens: "09:00", closes: "17:00" };
  const hour = Number(last.closes.slice(0, 2)) + 2;
  const closes = hour < 24 ? `${String(hour).padStart(2, "0")}${last.closes.slice(2)}` : "23:59";
  return { weekday, opens: last.closes, closes };
}

/** What is wrong with the hours, at most one fault for each day. */
export function hourFaults(hours: readonly OpeningHours[]): HourFault[] {
  return WEEKDAYS.flatMap((weekday): HourFault[] => {
    const day = hoursOf(hours, weekday);
    if (day.some((each) => each.opens === "" || each.closes === "")) {
      return [{ weekday, code: "missing" }];
    }
    if (day.some((each) => each.closes <= each.opens)) {
      return [{ weekday, code: "ends-before-start" }];
    }
    const touches = day.some((each, index) => index > 0 && each.opens < (day[index - 1]?.closes ?? ""));
    return touches ? [{ weekday, code: "overlap" }] : [];
  });
}

/** The hours of one weekday copied to others, replacing what these had. */
export function copyDay(
  hours: readonly OpeningHours[],
  from: number,
  to: readonly number[],
): OpeningHours[] {
  const kept = hours.filter((each) => !to.includes(each.weekday) || each.weekday === from);
  const copies = to
    .filter((weekday) => weekday !== from)
    .flatMap((weekday) => hoursOf(hours, from).map((each) => ({ ...each, weekday })));
  return [...kept, ...copies];
}
