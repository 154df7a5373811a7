/** What a note begins with: facts in the writer's language, set where the template asks for them. */
import type { Schemas } from "@/api/types";

import type { Content } from "./api";
import type { Template } from "./templates";

export type Facts = Schemas["NoteFactsOut"];

export interface FactWords {
  readonly t: (key: string, values?: Record<string, unknown>) => string;
  readonly number: (value: number) => string;
  readonly moment: (at: string) => string;
  readonly day: (at: string) => string;
  readonly title: (score: Facts["scores"][number]) => string;
  readonly band: (band: string | null) => string | null;
}

type Teller = (facts: Facts, words: FactWords) => string[];

const MINUTE = 60_000;

const TELLERS: Record<string, Teller> = {
  visit: ({ visit }, { t, moment }) => {
    if (visit === null) return [];
    const begun = visit.begun_at ?? visit.starts_at;
    const medium = t(`appointments:medium.${visit.medium}`);
    const minutes = visit.ended_at === null ? 0 : Math.round((Date.parse(visit.ended_at) - Date.parse(begun)) / MINUTE);
    return [minutes > 0 ? t("facts.visitLong", { at: moment(begun), medium, minutes }) : t("facts.visit", { at: moment(begun), medium })];
  },
  scores: ({ scores }, { t, number, day, title, band }) =>
    scores.flatMap((score) => {
      if (score.now === null || score.now_at === null) return [];
      const now = [number(score.now), band(score.now_band)].filter(Boolean).join(", ");
      const values = { title: title(score), now, at: day(score.now_at) };
      if (score.then === null) return [t("facts.firstScore", values)];
      return [t("facts.score", { ...values, earlier: number(score.then), verdict: t(`day:since.verdict.${score.verdict}`) })];
    }),
  answers: ({ answers }, { t, number }) =>
    answers.due === 0 ? [] : [t("facts.answered", { done: number(answers.done), due: number(answers.due) })],
  events: ({ events }, { t, day }) => events.map((event) => t("facts.event", { at: day(event.at), label: event.label })),
  medication: ({ medications }, { t, number }) =>
    medications
      .filter((each) => each.ended_on === null)
      .map((each) =>
        t("facts.medication", {
          name: [each.name, each.dose === null ? "" : number(each.dose), each.unit ?? "", each.frequency ?? ""].filter(Boolean).join(" "),
        }),
      ),
  plan: ({ plan }, { t, day }) => (plan === null ? [] : [t("facts.plan", { at: day(plan.signed_at), text: plan.text })]),
};

/** The template's sections with their facts; those without any stay empty. */
export function prefilled(template: Template, facts: Facts, words: FactWords): Content {
  return Object.fromEntries(
    template.sections.map(({ code, facts: wanted }) => [
      code,
      (wanted ?? []).flatMap((each) => TELLERS[each]?.(facts, words) ?? []).join("\n"),
    ]),
  );
}

/** Facts in front of what is written already; a section that has them is left alone. */
export function withFacts(content: Content, facts: Content): Content {
  const merged = { ...content };
  for (const [code, text] of Object.entries(facts)) {
    const written = content[code] ?? "";
    if (text !== "" && !written.includes(text)) merged[code] = written === "" ? `${text}\n` : `${text}\n${written}`;
  }
  return merged;
}
