import i18next, { type BackendModule, type ReadCallback } from "i18next";
import { initReactI18next } from "react-i18next";

import { readSetting, writeSetting } from "@/app/settings";

import status from "./status.json";

export const LANGUAGES = ["en", "es", "de", "ar"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each language's own name, as its readers look for it. */
export const LANGUAGE_NAMES: Record<Language, string> = {
  en: "English",
  es: "Español",
  de: "Deutsch",
  ar: "العربية",
};

export const isLanguage = (tag: string): tag is Language =>
  (LANGUAGES as readonly string[]).includes(tag);

/** Whether a native reader has reviewed this language's interface words. */
export const isDraft = (language: Language): boolean => status[language] === "draft";

export const directionOf = (language: string): "ltr" | "rtl" => (language === "ar" ? "rtl" : "ltr");

const files = import.meta.glob<Record<string, unknown>>("./{en,es,de,ar}/*.json", {
  import: "default",
});

/** One small file per language and area, fetched when a screen first needs it. */
const backend: BackendModule = {
  type: "backend",
  init: () => undefined,
  read(language: string, namespace: string, done: ReadCallback) {
    const load = files[`./${language}/${namespace}.json`];
    if (load === undefined) {
      done(new Error(`no words for ${namespace} in ${language}`), null);
      return;
    }
    load().then(
      (words) => done(null, words),
      (error: unknown) => done(error instanceof Error ? error : new Error("load failed"), null),
    );
  },
};

function firstLanguage(): Language {
  const chosen = readSetting("language");
  if (chosen !== null && isLanguage(chosen)) return chosen;
  for (const tag of navigator.languages) {
    const base = tag.split("-")[0] ?? "";
    if (isLanguage(base)) return base;
  }
  return "en";
}

function mark(language: string): void {
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}

/** Starts the words; resolves when the first screen's are there. */
export async function startI18n(): Promise<void> {
  i18next.on("languageChanged", mark);
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: firstLanguage(),
      fallbackLng: "en",
      supportedLngs: [...LANGUAGES],
      ns: ["common"],
      defaultNS: "common",
      partialBundledLanguages: true,
      interpolation: { escapeValue: false },
      returnNull: false,
    });
}

export async function chooseLanguage(language: Language): Promise<void> {
  writeSetting("language", language);
  await i18next.changeLanguage(language);
}
