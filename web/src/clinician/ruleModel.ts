/** A rule as a form has it, and as the API takes it. */
import type { Schemas } from "@/api/types";

export type RuleBody = Omit<Schemas["AssignmentIn"], "instrument">;
export type When = RuleBody["when"];
export type EventName = Schemas["AfterEvent"]["event"];

/** Numbers stand for "every so many days". */
export const CADENCES = [
  "once",
  "1",
  "7",
  "14",
  "28",
  "weekly",
  "daily_times",
  "moments",
  "event",
] as const;
export type Cadence = (typeof CADENCES)[number];

export const EVENTS: readonly EventName[] = ["enrolment", "first-answer", "encounter-end"];

/** Minutes a window stands open; 0: until the next one opens. */
export const WINDOWS = [0, 30, 60, 120, 240, 720] as const;
/** Minutes after opening; 0: no reminder. */
export const REMINDERS = [0, 10, 30, 60, 120] as const;
export const SNOOZES = [0, 1, 2, 3] as const;

export interface RuleForm {
  cadence: Cadence;
  starts: string;
  ends: string;
  weekdays: number[];
  /** "09:00"; empty: the whole day. */
  time: string;
  times: string[];
  perDay: number;
  wakes: string;
  sleeps: string;
  gap: number;
  event: EventName;
  afterDays: number;
  window: number;
  reminder: number;
  snoozes: number;
}

export function emptyRule(today: string): RuleForm {
  return {
    cadence: "7",
    starts: today,
    ends: "",
    weekdays: [1],
    time: "",
    times: ["09:00", "14:00", "20:00"],
    perDay: 4,
    wakes: "09:00",
    sleeps: "21:00",
    gap: 60,
    event: "encounter-end",
    afterDays: 1,
    window: 0,
    reminder: 0,
    snoozes: 0,
  };
}

const MIDNIGHT = "00:00";

function when(form: RuleForm): When {
  const at = form.time === "" ? MIDNIGHT : form.time;
  switch (form.cadence) {
    case "once":
      return { kind: "once", at };
    case "weekly":
      return { kind: "weekly", weekdays: [...form.weekdays].sort(), at: [at] };
    case "daily_times":
      return { kind: "daily_times", at: [...new Set(form.times.filter(Boolean))].sort() };
    case "moments":
      return {
        kind: "moments",
        per_day: form.perDay,
        wakes: form.wakes,
        sleeps: form.sleeps,
        gap_minutes: Math.max(form.gap, windowOf(form) ?? 0),
      };
    case "event":
      return { kind: "event", event: form.event, after_days: form.afterDays, at, after_minutes: 0 };
    default:
      return { kind: "every_n_days", days: Number(form.cadence), at: [at] };
  }
}

/** A random moment must close; where nothing is said, after an hour. */
function windowOf(form: RuleForm): number | null {
  if (form.window > 0) return form.window;
  return form.cadence === "moments" ? 60 : null;
}

export function ruleBody(form: RuleForm): RuleBody {
  return {
    when: when(form),
    starts_on: form.starts,
    ends_on: form.ends === "" ? null : form.ends,
    window_minutes: windowOf(form),
    reminders: form.reminder === 0 ? [] : [form.reminder],
    snoozes: form.snoozes,
    snooze_minutes: 15,
  };
}

/** What keeps a form from being sent: the key of its words, or null. */
export function faultOf(form: RuleForm): "ends" | "weekdays" | "times" | null {
  if (form.ends !== "" && form.ends < form.starts) return "ends";
  if (form.cadence === "weekly" && form.weekdays.length === 0) return "weekdays";
  if (form.cadence === "daily_times" && form.times.every((each) => each === "")) return "times";
  return null;
}

/** "09:00:00" as "09:00". */
export const clock = (time: string): string => time.slice(0, 5);

/** The local times a rule names, without midnight, which stands for the whole day. */
export function timesOf(rule: Pick<RuleBody, "when">): string[] {
  const { when: what } = rule;
  if (what.kind === "moments") return [];
  const at = what.at ?? [];
  const times = (typeof at === "string" ? [at] : at).map(clock);
  return times.length === 1 && times[0] === MIDNIGHT ? [] : times;
}
