import { useTranslation } from "react-i18next";

import { LANGUAGES } from "@/i18n";
import { useFormat } from "@/format";

/** Languages that people may ask to talk in; those of the screens first. */
export const SPOKEN = [...LANGUAGES, "fr", "tr", "uk", "ru", "fa", "pl", "pt", "it"] as const;

export function usePeerWords() {
  const { t, i18n } = useTranslation(["peers", "safety", "vault", "messages", "common"]);
  const format = useFormat();
  return { t, locale: i18n.language, format, tongue: (code: string) => format.language(code) };
}

/** Numbers of the words in `names.first` and `names.second` of every language. */
const FIRST = 12;

const pick = (): number => crypto.getRandomValues(new Uint32Array(1))[0]! % FIRST;

/** A made-up name of two words, which says nothing of anybody. */
export function madeUpName(t: (key: string) => string): string {
  return t("names.pattern").replace("A", t(`names.first.${pick()}`)).replace("B", t(`names.second.${pick()}`));
}
