/** What a safety plan says (kind `safety-plan`, schema 1; vault-format.md), and what it still lacks. */
import { PLAN_STEPS, type PlanStep } from "@/api/types";
import type { Bytes } from "@/vault/engine/encoding";

export const MOST_LINES = 20;
export const MOST_LENGTH = 500;
const MOST_REVIEWS = 20;
const DAY_MS = 86_400_000;

/** A convention, no measured number: a plan that nobody looked at for so long is offered again. */
export const STALE_DAYS = 90;
/** A convention, too: not asked in the hour itself, and not long after. */
const AFTER_USE_MS = 3 * 3_600_000;
const ASK_WITHIN_DAYS = 14;

export type Steps = Record<PlanStep, string[]>;

/** What somebody said after they had used the plan, or not. */
export interface Review {
  at: string;
  used: boolean;
  helped: string;
  change: string;
}

export interface PlanContent {
  steps: Steps;
  /** With the care team and whoever is on call, from now on. */
  shared: boolean;
  written_at: string;
  reviews: Review[];
}

export const noSteps = (): Steps => tidy({});

/** All six steps; spaces around a line and empty lines go, and what is too long or too much. */
export function tidy(steps: Partial<Record<PlanStep, readonly unknown[]>>): Steps {
  const lines = (step: PlanStep): string[] =>
    (steps[step] ?? [])
      .filter((line): line is string => typeof line === "string")
      .map((line) => line.trim().slice(0, MOST_LENGTH))
      .filter((line) => line !== "")
      .slice(0, MOST_LINES);
  return Object.fromEntries(PLAN_STEPS.map((step) => [step, lines(step)])) as Steps;
}

export const isBlank = (steps: Steps): boolean => PLAN_STEPS.every((step) => steps[step].length === 0);

export function encodePlan(content: PlanContent): Bytes {
  const reviews = content.reviews.slice(-MOST_REVIEWS);
  return new TextEncoder().encode(JSON.stringify({ ...content, reviews }));
}

export function decodePlan(bytes: Uint8Array): PlanContent {
  const read = JSON.parse(new TextDecoder().decode(bytes)) as Partial<PlanContent>;
  return {
    steps: tidy(read.steps ?? {}),
    shared: read.shared === true,
    written_at: read.written_at ?? "",
    reviews: read.reviews ?? [],
  };
}

const once = <T>(list: readonly T[], key: (one: T) => string): T[] => [
  ...new Map(list.map((one) => [key(one), one])).values(),
];

/**
 * One plan out of versions that two devices wrote beside each other: every line of each, once; shared
 * only where each of them is.
 */
export function merged(versions: readonly PlanContent[]): PlanContent {
  const ordered = versions.toSorted((a, b) => a.written_at.localeCompare(b.written_at));
  const all = (step: PlanStep): string[] =>
    once(ordered.flatMap(({ steps }) => steps[step]), (line) => line);
  const reviews = once(ordered.flatMap((each) => each.reviews), ({ at }) => at);
  return {
    steps: tidy(Object.fromEntries(PLAN_STEPS.map((step) => [step, all(step)]))),
    shared: versions.length > 0 && versions.every(({ shared }) => shared),
    written_at: ordered.at(-1)?.written_at ?? "",
    reviews: reviews.toSorted((a, b) => a.at.localeCompare(b.at)),
  };
}

/** The steps of a conversation over those that stand: a step that was skipped keeps its lines. */
export function withSteps(before: Steps, said: Partial<Record<PlanStep, readonly unknown[]>>): Steps {
  const tidied = tidy(said);
  const kept = (step: PlanStep): string[] => (tidied[step].length > 0 ? tidied[step] : before[step]);
  return Object.fromEntries(PLAN_STEPS.map((step) => [step, kept(step)])) as Steps;
}

/** The lines of both, each once, those that stand first. */
export const added = (before: Steps, more: Steps): Steps =>
  tidy(
    Object.fromEntries(
      PLAN_STEPS.map((step) => [step, once([...before[step], ...more[step]], (line) => line)]),
    ),
  );

/** What this device remembers of the plan's use. It is told to nobody. */
export interface Use {
  lookedAt?: string;
  /** Opened out of "Help now". */
  openedInHelp?: string;
  /** Answered, or put aside. */
  answeredAt?: string;
}

export type Nudge = "no-people" | "no-professionals" | "not-safer" | "not-looked";

/** What is missing: three in ten plans name nobody to call. At most what matters, in this order. */
export function nudges(plan: PlanContent, use: Use, now: number): Nudge[] {
  const found: Nudge[] = [];
  if (plan.steps.people.length === 0) found.push("no-people");
  if (plan.steps.professionals.length === 0) found.push("no-professionals");
  if (plan.steps.safer.length === 0) found.push("not-safer");
  const looked = Math.max(time(use.lookedAt), time(plan.written_at));
  if (looked > 0 && now - looked >= STALE_DAYS * DAY_MS) found.push("not-looked");
  return found;
}

const time = (instant: string | null | undefined): number =>
  instant === undefined || instant === null || instant === "" ? 0 : Date.parse(instant);

/** A flag of the person's as far as it matters here. */
export interface ClosedFlag {
  closed_at: string | null;
  historical: boolean;
}

/** Whether to ask "did you use your plan?": after it was opened in need, or after a flag was closed. */
export function reviewDue(
  plan: PlanContent,
  use: Use,
  flags: readonly ClosedFlag[],
  now: number,
): boolean {
  const answered = Math.max(time(use.answeredAt), time(plan.reviews.at(-1)?.at));
  const closings = flags.filter((flag) => !flag.historical).map((flag) => time(flag.closed_at));
  const opened = time(use.openedInHelp);
  // Closed before the plan was last changed, it asks for nothing: the change was the answer.
  const occasions = closings.filter((at) => at > time(plan.written_at));
  if (opened > 0 && now - opened >= AFTER_USE_MS) occasions.push(opened);
  return occasions.some((at) => at > answered && now - at <= ASK_WITHIN_DAYS * DAY_MS);
}

/** Five digits or more, or what is called in an emergency. */
const NUMBER = /\+?\d(?:[\s()./-]{0,3}\d){4,}|\b(?:11\d|911|988|999)\b/gu;
const DAY = /^\d{4}-\d\d-\d\d/u;

export interface Part {
  /** Where it stands in its line. */
  at: number;
  text: string;
  /** Of a telephone number. */
  href?: string;
}

/** A line with its telephone numbers to press. */
export function parts(line: string): Part[] {
  const found: Part[] = [];
  let at = 0;
  for (const match of line.matchAll(NUMBER)) {
    if (DAY.test(match[0])) continue;
    if (match.index > at) found.push({ at, text: line.slice(at, match.index) });
    const digits = match[0].replaceAll(/[^\d+]/g, "");
    found.push({ at: match.index, text: match[0], href: `tel:${digits}` });
    at = match.index + match[0].length;
  }
  if (at < line.length) found.push({ at, text: line.slice(at) });
  return found;
}
