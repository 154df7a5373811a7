/** Words, dates and numbers of the clinician's screens. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";

import { dueState, lengthWords, relativeWords } from "./due";

/** Dates and numbers in the reader's language and, for clocks, the reader's own zone. */
export function useClinicWords() {
  // The plots' words come along: fetched later, they would blank the page once more.
  const { t, i18n } = useTranslation(["clinician", "common", "charts", "notify"]);
  const { me, practice } = useActive();
  const locale = i18n.language;
  const timeZone = me.time_zone || practice.time_zone;
  const formats = useMemo(() => {
    const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone });
    const moment = new Intl.DateTimeFormat(locale, {
      dateStyle: "medium",
      timeStyle: "short",
      timeZone,
    });
    // A calendar date has no zone: it is read and written in UTC.
    const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
    // "negative": no sign on a zero that was rounded from below.
    const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, signDisplay: "negative" });
    const signed = new Intl.NumberFormat(locale, {
      maximumFractionDigits: 1,
      signDisplay: "exceptZero",
    });
    const fine = new Intl.NumberFormat(locale, { maximumFractionDigits: 2, signDisplay: "negative" });
    return {
      day: (at: string) => day.format(Date.parse(at)),
      moment: (at: string) => moment.format(Date.parse(at)),
      date: (on: string) => date.format(Date.parse(`${on}T00:00:00Z`)),
      number: (value: number) => number.format(value),
      signed: (value: number) => signed.format(value),
      fine: (value: number) => fine.format(value),
    };
  }, [locale, timeZone]);
  return { t, locale, timeZone, ...formats };
}

export type ClinicWords = ReturnType<typeof useClinicWords>;

/** "Due in 2 hours", "Overdue by 40 minutes", "No due time". */
export function dueWords(dueAt: string | null, now: number, words: ClinicWords): string {
  const state = dueState(dueAt, now);
  if (dueAt === null || state === "none") return words.t("due.none");
  const length = lengthWords(Date.parse(dueAt) - now, words.locale);
  return words.t(state === "overdue" ? "due.overdue" : "due.in", { length });
}

export function agoWords(at: string, now: number, words: ClinicWords): string {
  return relativeWords(at, now, words.locale);
}

/** Words for a code of an instrument pack or rule; a code without words is shown as it is. */
export function codeWords(words: ClinicWords, group: string, code: string): string {
  return words.t(`${group}.${code}`, { defaultValue: code.replaceAll("-", " ") });
}

/** "PHQ-9", or "PHQ-4 · anxiety" for a scale that is not the instrument's own total. */
export function scaleTitle(
  each: { readonly title: string; readonly scale: string },
  words: ClinicWords,
): string {
  if (each.scale === "total") return each.title;
  return `${each.title} · ${codeWords(words, "scales", each.scale)}`;
}

export function bandWords(words: ClinicWords, band: string | null | undefined): string | null {
  return band ? codeWords(words, "bands", band) : null;
}
