/** The record as one page to read, in the reader's language: no script, nothing fetched. */
import type { Format } from "@/format";

import { type Bundle, ofType, type Question, type Resource } from "./bundle";

export interface Reader {
  /** Words of the namespace `leaving`. */
  t: (key: string, values?: Record<string, string>) => string;
  format: Pick<Format, "dateTime" | "day" | "number">;
  language: string;
  direction: "ltr" | "rtl";
}

type Cell = string | undefined;

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin-block:1rem}
td{border-block-end:1px solid #999;padding:.3rem .6rem;text-align:start;vertical-align:top}
h2{margin-block-start:2.5rem}`;

/** The whole page as HTML. */
export function readable(bundle: Bundle, madeAt: string, reader: Reader): string {
  const { t } = reader;
  const sections = [
    section(reader, "file.plan", planRows(bundle)),
    section(reader, "file.scores", scoreRows(bundle, reader)),
    answers(bundle, reader),
    section(reader, "file.meetings", meetingRows(bundle, reader)),
    section(reader, "file.medication", medicationRows(bundle, reader)),
    section(reader, "file.events", eventRows(bundle, reader)),
    section(reader, "file.flags", flagRows(bundle, reader)),
    section(reader, "file.consents", consentRows(bundle, reader)),
    section(reader, "file.accesses", accessRows(bundle, reader)),
  ];
  const title = escaped(t("file.title"));
  return `<!doctype html>
<html lang="${escaped(reader.language)}" dir="${reader.direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${STYLE}</style></head>
<body><h1>${title}</h1>
<p>${escaped(t("file.made", { at: reader.format.dateTime(madeAt) }))}</p>
<p>${escaped(t("file.beside"))}</p>
${sections.join("\n")}
</body></html>
`;
}

function section(reader: Reader, heading: string, rows: readonly Cell[][]): string {
  const head = `<h2>${escaped(reader.t(heading))}</h2>`;
  if (rows.length === 0) return `${head}<p>${escaped(reader.t("file.none"))}</p>`;
  return head + table(rows);
}

const table = (rows: readonly Cell[][]): string =>
  `<table>${rows
    .map((row) => `<tr>${row.map((cell) => `<td dir="auto">${escaped(cell ?? "")}</td>`).join("")}</tr>`)
    .join("\n")}</table>`;

const at = (instant: string | undefined, { format }: Reader): string =>
  instant === undefined ? "" : format.dateTime(instant);

const number = (value: number | undefined, { format }: Reader): string =>
  value === undefined ? "" : format.number(value, 2);

function scoreRows(bundle: Bundle, reader: Reader): Cell[][] {
  return ofType(bundle, "Observation")
    .filter((each) => each.effectiveDateTime !== undefined)
    .map((each) => [
      at(each.effectiveDateTime, reader),
      each.code?.coding?.at(-1)?.code,
      number(each.valueQuantity?.value, reader),
      each.interpretation?.[0]?.text,
    ]);
}

function eventRows(bundle: Bundle, reader: Reader): Cell[][] {
  return ofType(bundle, "Observation")
    .filter((each) => each.effectivePeriod !== undefined)
    .map((each) => [
      at(each.effectivePeriod?.start, reader),
      at(each.effectivePeriod?.end, reader),
      each.code?.text,
    ]);
}

/** Each questionnaire that was answered, with its questions in the reader's language if it has them. */
function answers(bundle: Bundle, reader: Reader): string {
  const asked = new Map<string, Resource[]>();
  for (const each of ofType(bundle, "Questionnaire")) {
    const key = releaseOf(`${each.url ?? ""}|${each.version ?? ""}`);
    asked.set(key, [...(asked.get(key) ?? []), each]);
  }
  const parts = ofType(bundle, "QuestionnaireResponse").map((given) => {
    const forms = asked.get(releaseOf(given.questionnaire ?? "")) ?? [];
    const form = forms.find((each) => each.language === reader.language) ?? forms[0];
    const questions = new Map((form?.item ?? []).map((item) => [item.linkId, item]));
    const rows = (given.item ?? []).map((item) => [
      questions.get(item.linkId)?.text ?? item.linkId,
      answerOf(item.answer?.[0], questions.get(item.linkId), reader),
    ]);
    const heading = `${at(given.authored, reader)} ${form?.title ?? ""}`.trim();
    return `<h3>${escaped(heading)}</h3>${table(rows)}`;
  });
  const body = parts.length === 0 ? `<p>${escaped(reader.t("file.none"))}</p>` : parts.join("\n");
  return `<h2>${escaped(reader.t("file.answers"))}</h2>${body}`;
}

/** A canonical address without its language: "urn:holdfast:instrument:phq-9:en|1.0.0". */
function releaseOf(canonical: string): string {
  const [address = "", version = ""] = canonical.split("|");
  return `${address.split(":").slice(0, 4).join(":")}|${version}`;
}

function answerOf(
  answer: { valueCoding?: { code?: string }; valueDecimal?: number } | undefined,
  question: Question | undefined,
  reader: Reader,
): string {
  if (answer === undefined) return "-";
  if (answer.valueDecimal !== undefined) return number(answer.valueDecimal, reader);
  const code = answer.valueCoding?.code ?? "";
  const option = question?.answerOption?.find((each) => each.valueCoding.code === code);
  return option?.valueCoding.display ?? code;
}

const planRows = (bundle: Bundle): Cell[][] =>
  ofType(bundle, "CarePlan").flatMap((plan) =>
    (plan.activity ?? []).map(({ detail }) => [detail.description]),
  );

const meetingRows = (bundle: Bundle, reader: Reader): Cell[][] =>
  ofType(bundle, "Encounter").map((each) => [
    at(each.period?.start, reader),
    at(each.period?.end, reader),
    each.participant?.[0]?.individual?.display,
    each.status,
  ]);

const medicationRows = (bundle: Bundle, reader: Reader): Cell[][] =>
  ofType(bundle, "MedicationStatement").map((each) => {
    const dosage = each.dosage?.[0];
    const dose = dosage?.doseAndRate?.[0]?.doseQuantity;
    const day = (value: string | undefined): string =>
      value === undefined ? "" : reader.format.day(value);
    return [
      each.medicationCodeableConcept?.text,
      `${number(dose?.value, reader)} ${dose?.unit ?? ""}`.trim(),
      dosage?.text,
      day(each.effectivePeriod?.start),
      day(each.effectivePeriod?.end),
    ];
  });

const flagRows = (bundle: Bundle, reader: Reader): Cell[][] =>
  ofType(bundle, "Flag").map((each) => [
    at(each.period?.start, reader),
    at(each.period?.end, reader),
    each.code?.text,
    each.code?.coding?.[0]?.code,
  ]);

const consentRows = (bundle: Bundle, reader: Reader): Cell[][] =>
  ofType(bundle, "Consent").map((each) => [
    each.policyRule?.text,
    at(each.provision?.period?.start, reader),
    at(each.provision?.period?.end, reader),
  ]);

const accessRows = (bundle: Bundle, reader: Reader): Cell[][] =>
  ofType(bundle, "AuditEvent").map((each) => [
    at(each.recorded, reader),
    each.agent?.[0]?.who?.display,
    each.subtype?.[0]?.code,
    each.entity?.[0]?.name,
  ]);
