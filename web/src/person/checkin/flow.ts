/** The order of a check-in's questions. Pure. */
import type { Item, Pack, PackText } from "@/measures/pack";
import { type Answers, askedAbout, isPut, type Sex } from "@/measures/score";

/** The questions put, given the answers so far: those that apply and have wording in this language. */
export function questions(pack: Pack, text: PackText, answers: Answers, sex: Sex): Item[] {
  return pack.items.filter(
    (item) => text.items[item.id] !== undefined && isPut(pack, item, answers, sex),
  );
}

/**
 * What is handed in: answers to questions that are (still) put. Going back and changing an answer can
 * take a later question away; its old answer goes with it.
 */
export function finalAnswers(
  pack: Pack,
  text: PackText,
  answers: Record<string, number | null>,
  sex: Sex,
): Record<string, number | null> {
  const put = new Set(questions(pack, text, answers, sex).map((item) => item.id));
  return Object.fromEntries(Object.entries(answers).filter(([id]) => put.has(id)));
}

/** A passed question that matters too much to be passed in silence; asked once more. */
export function toAskAgain(
  pack: Pack,
  text: PackText,
  answers: Record<string, number | null>,
): string | null {
  return askedAbout(pack).find((id) => text.items[id] !== undefined && answers[id] === null) ?? null;
}

/** "P2W" as a number of weeks or days; null where the pack names no period. */
export function recallOf(recall: string | null | undefined): { unit: "weeks" | "days"; count: number } | null {
  const found = /^P(\d+)([WD])$/.exec(recall ?? "");
  if (found === null) return null;
  return { unit: found[2] === "W" ? "weeks" : "days", count: Number(found[1]) };
}
