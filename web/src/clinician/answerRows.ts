/** Answers as the person saw them: question and chosen option in words. */
import type { PackTexts, ResponseDetail } from "./types";

export interface AnswerRow {
  readonly item: string;
  readonly question: string;
  /** null: not answered. */
  readonly answer: string | null;
  readonly language: string;
  /** This answer is among the reasons of the flag. */
  readonly marked: boolean;
}

/** Rows in the questionnaire's order; without its texts, item ids and codes are shown as they are. */
export function answerRows(
  response: ResponseDetail,
  pack: PackTexts | undefined,
  marked: ReadonlySet<string>,
): AnswerRow[] {
  const language = pack?.texts[response.language] ? response.language : "en";
  const texts = pack?.texts[language] ?? Object.values(pack?.texts ?? {})[0];
  const order = pack?.items.map((item) => item.id) ?? Object.keys(response.answers);
  return order
    .filter((item) => item in response.answers || marked.has(item))
    .map((item) => ({
      item,
      question: texts?.items[item] ?? item,
      answer: optionWords(response.answers[item] ?? null, item, pack, texts?.options),
      language,
      marked: marked.has(item),
    }));
}

function optionWords(
  code: number | string | null,
  item: string,
  pack: PackTexts | undefined,
  options: Record<string, string[]> | undefined,
): string | null {
  if (code === null) return null;
  const name = pack?.items.find((each) => each.id === item)?.options;
  const set = name === undefined ? undefined : pack?.option_sets[name];
  if (name === undefined || !Array.isArray(set)) return String(code);
  const words = options?.[name]?.[set.indexOf(code)];
  return words === undefined ? String(code) : `${words} (${code})`;
}
