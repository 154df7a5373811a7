/** Whether somebody looks at flags now, and when they next do, by the practice's weekly hours. */
import { instantOf, localValue } from "./localTime";
import type { MonitoredView } from "./api";

export type MonitoredState =
  | { readonly open: true; readonly until: string }
  | { readonly open: false; readonly opens: string | null };

const DAY = 86_400_000;

/** ISO weekday (1 Monday to 7 Sunday) of a calendar date `YYYY-MM-DD`. */
export function isoWeekday(date: string): number {
  return ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
}

/** Hours of one date as instants; none on a closure. Times are the practice's wall clock. */
function intervalsOn(date: string, view: MonitoredView, timeZone: string) {
  if (view.closures.some((closure) => closure.on === date)) return [];
  return view.hours
    .filter((each) => each.weekday === isoWeekday(date))
    .map((each) => ({
      opens: instantOf(`${date}T${each.opens.slice(0, 5)}`, timeZone),
      closes: instantOf(`${date}T${each.closes.slice(0, 5)}`, timeZone),
    }))
    .sort((a, b) => Date.parse(a.opens) - Date.parse(b.opens));
}

/** Looks five weeks ahead: longer closures than that are said as "no opening planned". */
export function monitoredState(view: MonitoredView, timeZone: string, now: number): MonitoredState {
  const today = Date.parse(`${localValue(now, timeZone).slice(0, 10)}T00:00:00Z`);
  for (let ahead = 0; ahead < 35; ahead += 1) {
    const date = new Date(today + ahead * DAY).toISOString().slice(0, 10);
    for (const { opens, closes } of intervalsOn(date, view, timeZone)) {
      if (Date.parse(closes) <= now) continue;
      return Date.parse(opens) <= now ? { open: true, until: closes } : { open: false, opens };
    }
  }
  return { open: false, opens: null };
}
