/** One sentence about a person since the last meeting: the same facts, the same words. Pure. */
import type { Schemas } from "@/api/types";

export type SinceLine = Schemas["SinceLine"];

export interface SinceWords {
  readonly t: (key: string, values?: Record<string, unknown>) => string;
  readonly number: (value: number) => string;
  readonly ago: (at: string) => string;
}

/** "PHQ-9 from 17 to 8: reliably better; 3 of 4 answered; 1 unread message; a flag is open: concern". */
export function sinceSentence(line: SinceLine, { t, number, ago }: SinceWords): string {
  const parts: string[] = [];
  if (line.flag !== null) parts.push(t("since.flag", { level: t(`clinician:level.${line.flag}`) }));
  const { score, answers } = line;
  if (score !== null) {
    const now = number(score.now);
    const verdict = t(`since.verdict.${score.verdict}`);
    parts.push(
      score.earlier === null
        ? t("since.firstScore", { title: score.title, now })
        : t("since.score", { title: score.title, earlier: number(score.earlier), now, verdict }),
    );
  }
  if (answers !== null) {
    parts.push(t("since.answered", { done: number(answers.done), due: number(answers.due) }));
  }
  if (line.unread > 0) parts.push(t("since.unread", { count: line.unread }));
  const said = parts.length === 0 ? t("since.nothing") : parts.join(t("since.and"));
  return line.met_at === null
    ? t("since.never", { said })
    : t("since.met", { ago: ago(line.met_at), said });
}
