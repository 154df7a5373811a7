/** The forms of a progress note, as the package has them; their words come with them. */
import bundled from "@/generated/note-templates.json";

type Words = Record<string, string>;

export interface Template {
  code: string;
  title: Words;
  sections: { code: string; title: Words; hint: Words; facts?: string[] }[];
}

/** The most used first. */
const ORDER = ["soap", "dap", "birp", "free"];

export const TEMPLATES: readonly Template[] = (bundled as Template[]).toSorted(
  (a, b) => ORDER.indexOf(a.code) - ORDER.indexOf(b.code),
);

export const templateOf = (code: string): Template | undefined =>
  TEMPLATES.find((each) => each.code === code);

/** In the reader's language, in English where it has none. */
export const inLanguage = (words: Words, language: string): string =>
  words[language] ?? words[language.split("-")[0] ?? ""] ?? words.en ?? "";
