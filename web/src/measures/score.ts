/**
 * Scores and alert rules on the device: the twin of `holdfast.sense.measures.engine.scoring`.
 *
 * Both run the cases of tests/vectors/scoring.json. An answer is a code, or null where the question
 * was put and left unanswered; an absent name is a question not asked.
 */
import type { AlertView } from "@/api/types";

import { type AlertRule, type Condition, isSlider, type Item, type OptionSet, type Pack, type Scale } from "./pack";

export type Answers = Record<string, number | string | null>;
export type Sex = "female" | "male" | null;

export interface Scored {
  scores: Record<string, number | null>;
  band: string | null;
  missing: string[];
  alerts: AlertView[];
}

export class AnswerError extends Error {
  override readonly name = "AnswerError";

  constructor(
    readonly item: string,
    reason: string,
  ) {
    super(`${item}: ${reason}`);
  }
}

type Codes = Map<string, number | null>;

interface Answered {
  codes: Codes;
  scores: Record<string, number | null>;
  declined: ReadonlySet<string>;
}

const fold = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");

function namesOf(pack: Pack): Map<string, string> {
  const names = new Map<string, string>();
  for (const [index, item] of pack.items.entries()) {
    for (const name of [item.id, item.loinc, ...(item.aliases ?? []), String(index + 1)]) {
      if (name) names.set(fold(name), item.id);
    }
  }
  return names;
}

function optionsOf(pack: Pack, item: Item): OptionSet {
  const options = pack.option_sets[item.options];
  if (options === undefined) throw new AnswerError(item.id, "no option set");
  return options;
}

function allows(options: OptionSet, value: number): boolean {
  if (!isSlider(options)) return options.includes(value);
  const steps = (value - options.min) / options.step;
  return value >= options.min && value <= options.max && Math.abs(steps - Math.round(steps)) < 1e-9;
}

function readCode(pack: Pack, item: Item, value: number | string): number {
  const code = typeof value === "number" ? value : Number(/^-?\d+(\.\d+)?$/.exec(value.trim())?.[0]);
  if (!Number.isFinite(code) || !allows(optionsOf(pack, item), code)) {
    throw new AnswerError(item.id, "not one of the codes");
  }
  return code;
}

function bandOf(scale: Scale, value: number | null): string | null {
  if (value === null) return null;
  return (scale.bands ?? []).findLast((band) => value >= band.min)?.id ?? null;
}

const partsOf = (condition: Condition): Condition[] => [
  ...(condition.all_of ?? []),
  ...(condition.any_of ?? []),
  ...(condition.none_of ?? []),
];

const leavesOf = (condition: Condition): Condition[] => {
  const parts = partsOf(condition);
  return parts.length === 0 ? [condition] : parts.flatMap(leavesOf);
};

function holds(condition: Condition, pack: Pack, answered: Answered): boolean {
  const test = (part: Condition): boolean => holds(part, pack, answered);
  if (partsOf(condition).length > 0) {
    return (
      (condition.all_of ?? []).every(test) &&
      ((condition.any_of ?? []).length === 0 || (condition.any_of ?? []).some(test)) &&
      !(condition.none_of ?? []).some(test)
    );
  }
  if (condition.declined === true) return answered.declined.has(condition.item ?? "");
  const value =
    condition.item === undefined
      ? answered.scores[condition.scale ?? ""]
      : answered.codes.get(condition.item);
  if (value === undefined || value === null) return false;
  if (condition.band !== undefined) {
    const scale = pack.scales.find((each) => each.id === condition.scale);
    return scale !== undefined && bandOf(scale, value) === condition.band;
  }
  return (
    (condition.at_least === undefined || value >= condition.at_least) &&
    (condition.at_most === undefined || value <= condition.at_most)
  );
}

/** Codes by item, and the items put and refused, which count as their `declined_as`. */
function readAnswers(pack: Pack, answers: Answers): { codes: Codes; declined: Set<string> } {
  const names = namesOf(pack);
  const byId = new Map(pack.items.map((item) => [item.id, item]));
  const codes: Codes = new Map(pack.items.map((item) => [item.id, null]));
  const given = new Set<string>();
  for (const [name, value] of Object.entries(answers)) {
    const item = byId.get(names.get(fold(name)) ?? "");
    if (item === undefined) throw new AnswerError(name, "no such item");
    if (given.has(item.id)) throw new AnswerError(item.id, "answered twice");
    given.add(item.id);
    if (value !== null) codes.set(item.id, readCode(pack, item, value));
  }
  const declined = new Set<string>();
  // In order: a refusal can bring up the next question.
  for (const item of pack.items) {
    const counts = item.declined_as;
    if (counts === undefined || counts === null) continue;
    if (!given.has(item.id) || codes.get(item.id) !== null) continue;
    if (item.show_if && !holds(item.show_if, pack, { codes, scores: {}, declined })) continue;
    declined.add(item.id);
    codes.set(item.id, counts);
  }
  return { codes, declined };
}

const GROUP = { women: "female", men: "male" } as const;

function applies(pack: Pack, item: Item, answered: Answered, sex: Sex): boolean {
  if (item.only_for && GROUP[item.only_for] !== sex) return false;
  return !item.show_if || holds(item.show_if, pack, answered);
}

function valueOf(pack: Pack, scale: Scale, id: string, code: number): number {
  let value = code;
  if (scale.reverse?.includes(id)) {
    const item = pack.items.find((each) => each.id === id);
    const options = item === undefined ? [] : optionsOf(pack, item);
    const [low, high] = isSlider(options)
      ? [options.min, options.max]
      : [Math.min(...options), Math.max(...options)];
    value = low + high - code;
  }
  return value * (scale.weights?.[id] ?? 1);
}

function scaleScore(pack: Pack, scale: Scale, codes: Codes, absent: ReadonlySet<string>): number | null {
  const values = scale.items.flatMap((id) => {
    const code = codes.get(id) ?? null;
    return code === null ? [] : [valueOf(pack, scale, id, code)];
  });
  const missing = scale.items.filter((id) => absent.has(id)).length;
  if (values.length === 0 || missing > (scale.missing.max_missing ?? 0)) return null;
  const factor = scale.factor ?? 1;
  if (scale.method === "max") return factor * Math.max(...values);
  const total = values.reduce((sum, value) => sum + value, 0);
  const answered = values.length;
  if (scale.method === "mean") return (factor * total) / answered;
  if (missing === 0) return factor * total;
  const items = answered + missing;
  // Rounding is of the exact fraction: total * items / answered is never rounded beforehand.
  const prorated =
    scale.missing.round === "half_up"
      ? Math.floor((2 * total * items + answered) / (2 * answered))
      : (total * items) / answered;
  return factor * prorated;
}

function evaluate(pack: Pack, answered: Answered, skipped: ReadonlySet<string>): AlertView[] {
  // A questionnaire that was not filled in says nothing.
  if ([...answered.codes.values()].every((code) => code === null)) return [];
  const found: AlertView[] = [];
  for (const rule of pack.alerts ?? []) {
    if (holds(rule.when, pack, answered)) {
      const about = leavesOf(rule.when).find((leaf) => holds(leaf, pack, answered)) ?? rule.when;
      found.push(alertOf(rule, about));
    } else if (rule.if_skipped && rule.when.item !== undefined && skipped.has(rule.when.item)) {
      const code = `${rule.id}-skipped`;
      found.push({
        code,
        level: "watch",
        reason: code,
        item: rule.when.item,
        scale: null,
        follow_up: null,
      });
    }
  }
  return found;
}

const alertOf = (rule: AlertRule, about: Condition): AlertView => ({
  code: rule.id,
  level: rule.level,
  reason: rule.reason,
  item: about.item ?? null,
  scale: about.scale ?? null,
  follow_up: rule.follow_up ?? null,
});

/** Scores one response. Throws AnswerError for an unknown item or a code that is none of the item's. */
export function score(pack: Pack, answers: Answers, sex: Sex = null): Scored {
  const { codes, declined } = readAnswers(pack, answers);
  const shown: Answered = { codes, scores: {}, declined };
  const absent = new Set(
    pack.items
      .filter((item) => codes.get(item.id) === null && applies(pack, item, shown, sex))
      .map((item) => item.id),
  );
  const scores = Object.fromEntries(
    pack.scales.map((scale) => [scale.id, scaleScore(pack, scale, codes, absent)]),
  );
  const main = pack.scales[0];
  return {
    scores,
    band: main === undefined ? null : bandOf(main, scores[main.id] ?? null),
    missing: pack.items
      .filter(
        (item) =>
          item.scored !== false &&
          item.optional !== true &&
          (absent.has(item.id) || declined.has(item.id)),
      )
      .map((item) => item.id),
    alerts: evaluate(pack, { codes, scores, declined }, absent),
  };
}

/** Whether a question is put, given the answers so far. Unknown sex: it is put, and may be passed. */
export function isPut(pack: Pack, item: Item, answers: Answers, sex: Sex): boolean {
  if (item.only_for && sex !== null && GROUP[item.only_for] !== sex) return false;
  if (!item.show_if) return true;
  const { codes, declined } = readAnswers(pack, answers);
  return holds(item.show_if, pack, { codes, scores: {}, declined });
}

/** Items a rule wants asked about again when they were passed over. */
export const askedAbout = (pack: Pack): string[] =>
  (pack.alerts ?? []).flatMap((rule) =>
    rule.if_skipped === "ask" && rule.when.item !== undefined ? [rule.when.item] : [],
  );
