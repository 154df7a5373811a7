/**
 * Which questions a prompt of the assessment puts: the twin of
 * `holdfast.sense.assessments.engine.asking`. Both run the cases of tests/vectors/assessment.json.
 */
import type { Item, Pack } from "@/measures/pack";
import { type Answers, isPut } from "@/measures/score";

export interface PlanQuestion {
  item: string;
  at: string[];
  once_a_day?: boolean;
  days?: number[];
}

export interface Plan {
  id: string;
  version: string;
  instrument: { id: string; version: string };
  days: number;
  prompts: { id: string; at: string }[];
  window_minutes: number;
  occasional_per_prompt: number;
  ask_again: string[];
  questions: PlanQuestion[];
}

/** What one answered prompt put: items passed over count as put. `day` counts from 1. */
export interface Asked {
  day: number;
  prompt: string;
  items: readonly string[];
}

function isDue(question: PlanQuestion, day: number, known: readonly Asked[]): boolean {
  const putOn = known.filter((one) => one.items.includes(question.item)).map((one) => one.day);
  if (question.days !== undefined) {
    const since = question.days.findLast((start) => start <= day);
    return since !== undefined && !putOn.some((on) => on >= since);
  }
  return !(question.once_a_day === true && putOn.includes(day));
}

/** The first questions of a prompt, in the plan's order; what is later than it changes nothing. */
export function questionsOf(plan: Plan, day: number, prompt: string, before: readonly Asked[]): string[] {
  const place = (name: string): number => plan.prompts.findIndex((each) => each.id === name);
  const here = place(prompt);
  const known = before.filter((one) => {
    const there = place(one.prompt);
    return there >= 0 && (one.day < day || (one.day === day && there < here));
  });
  let occasional = 0;
  return plan.questions
    .filter((question) => {
      if (!question.at.includes(prompt) || !isDue(question, day, known)) return false;
      if (question.days === undefined) return true;
      occasional += 1;
      return occasional <= plan.occasional_per_prompt;
    })
    .map((question) => question.item);
}

/** The screens of a prompt: each question, and right after it the follow-ups that its answer brings. */
export function sequence(pack: Pack, first: readonly string[], answers: Answers): Item[] {
  return first.flatMap((id) => {
    const item = pack.items.find((each) => each.id === id);
    if (item === undefined) return [];
    const followUps = pack.items.filter(
      (each) => each.show_if?.item === id && isPut(pack, each, answers, null),
    );
    return [item, ...followUps];
  });
}

/** A question that matters too much to be passed over once; asked a second time at the same prompt. */
export function toAskAgain(plan: Plan, first: readonly string[], answers: Answers): string | null {
  return plan.ask_again.find((id) => first.includes(id) && answers[id] === null) ?? null;
}
