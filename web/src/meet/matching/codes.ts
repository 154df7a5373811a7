/** What a profile and an intake may name beside the server's lists. */
import type { Match, Wishes } from "./api";

export const MEDIA = ["video", "in_person", "phone", "text"] as const;
export const GENDERS = ["woman", "man", "nonbinary"] as const;
/** Languages that are offered to choose from: those of the interface first, then the most spoken. */
export const LANGUAGES = [
  "en", "es", "de", "ar", "bn", "cs", "el", "fa", "fr", "he", "hi", "hu", "id", "it", "ja", "ko",
  "ku", "nl", "pa", "pl", "ps", "pt", "ro", "ru", "so", "sr", "sv", "sw", "ti", "tr", "uk", "ur",
  "vi", "zh",
] as const;
export const CURRENCIES = ["EUR", "USD", "GBP", "CHF"] as const;
export const PARTS_OF_WEEK = Array.from({ length: 21 }, (_, index) => index);

/** An ISO 3166-1 country, or 3166-2 part of one: the form alone. */
export const isPlace = (code: string): boolean => /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/.test(code);

/** What somebody looks for before they have said anything. */
export const noWishes = (language: string, country: string): Wishes => ({
  jurisdiction: country,
  languages: [language],
  media: [],
  specialties: [],
  approaches: [],
  competences: [],
  gender: "",
  gender_must: false,
  parts: [],
  parts_must: false,
  fee_at_most: null,
  currency: "",
});

/** An amount as somebody types it, in minor units; null where it is none. */
export function minorUnits(text: string, digits: number): number | null {
  const found = /^(\d{1,6})(?:[.,](\d+))?$/.exec(text.trim());
  if (found === null) return null;
  const fraction = found[2] ?? "";
  if (fraction.length > digits) return null;
  return Number(`${found[1]}${fraction.padEnd(digits, "0")}`);
}

/** At most this many reasons stand on a card: the first are those that matter most. */
export const MOST_REASONS = 6;

export const reasonsShown = (match: Match): Match["reasons"] => match.reasons.slice(0, MOST_REASONS);
