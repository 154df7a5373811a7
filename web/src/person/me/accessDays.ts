/** The access log as a person reads it: by day, then by who, the same thing said once. */
import type { AccessEntry } from "@/api/types";

export interface Done {
  /** `resource.action`, which has a sentence. */
  what: string;
  resource: string;
  action: string;
  count: number;
  /** The last time on that day. */
  at: string;
}

export interface Visitor {
  key: string;
  own: boolean;
  name: string | null;
  /** The roles they acted in, with `+` between them, or `system`. */
  label: string;
  done: Done[];
}

export interface Day {
  /** The day in the person's own time zone, YYYY-MM-DD. */
  day: string;
  visitors: Visitor[];
}

/** Entries come newest first, and stay so: the newest day, and in it who was there last. */
export function byDay(entries: readonly AccessEntry[], dayOf: (instant: string) => string): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const day = dayOf(entry.at);
    let here = days.at(-1);
    if (here === undefined || here.day !== day) {
      here = { day, visitors: [] };
      days.push(here);
    }
    add(here, entry);
  }
  return days;
}

function add(day: Day, entry: AccessEntry): void {
  const own = entry.actor_label === "client" || entry.actor_label === "account";
  const key = own ? "own" : `${entry.actor_name ?? ""}|${entry.actor_label}`;
  let visitor = day.visitors.find((one) => one.key === key);
  if (visitor === undefined) {
    visitor = { key, own, name: entry.actor_name, label: entry.actor_label, done: [] };
    day.visitors.push(visitor);
  }
  const what = `${entry.resource}.${entry.action}`;
  const before = visitor.done.find((one) => one.what === what);
  if (before === undefined) {
    const { resource, action, at } = entry;
    visitor.done.push({ what, resource, action, count: 1, at });
  } else {
    before.count += 1;
  }
}
