import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";

const PARTS = ["morning", "afternoon", "evening"] as const;

/** Words, names and amounts of the directory and of the search. */
export function useMatchingWords() {
  const { t, i18n } = useTranslation(["matching", "common"]);
  const { me, practice } = useActive();
  const locale = i18n.language;
  const timeZone = me.time_zone || practice.time_zone;
  const formats = useMemo(() => {
    const moment = new Intl.DateTimeFormat(locale, {
      weekday: "long",
      day: "numeric",
      month: "long",
      hour: "numeric",
      minute: "2-digit",
      timeZone,
    });
    const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
    const weekday = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });
    const tongues = new Intl.DisplayNames([locale], { type: "language" });
    const regions = new Intl.DisplayNames([locale], { type: "region" });
    return {
      moment: (at: string) => moment.format(Date.parse(at)),
      date: (on: string) => date.format(Date.parse(`${on.slice(0, 10)}T00:00:00Z`)),
      /** ISO weekday, 1 Monday to 7 Sunday; 1 January 2024 was a Monday. */
      weekday: (iso: number) => weekday.format(Date.UTC(2024, 0, iso)),
      language: (tag: string) => tongues.of(tag) ?? tag,
      /** A country's name; of a part of one, the country's and its code. */
      place: (code: string) => {
        const [country = code, part] = code.split("-");
        const name = /^[A-Z]{2}$/.test(country) ? (regions.of(country) ?? country) : country;
        return part === undefined ? name : `${name} (${part})`;
      },
      money: (minor: number, currency: string) => money(locale, minor, currency),
    };
  }, [locale, timeZone]);
  const part = (index: number): string =>
    t(`parts.${PARTS[index % 3] ?? "morning"}`, { day: formats.weekday(Math.floor(index / 3) + 1) });
  return { t, locale, part, ...formats };
}

/** How many minor units a currency's whole one has, as a power of ten. */
export const digitsOf = (locale: string, currency: string): number =>
  new Intl.NumberFormat(locale, { style: "currency", currency }).resolvedOptions()
    .maximumFractionDigits ?? 2;

/** An amount in minor units, in the reader's writing. */
export function money(locale: string, minor: number, currency: string): string {
  if (!/^[A-Z]{3}$/.test(currency)) return String(minor);
  const digits = digitsOf(locale, currency);
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(minor / 10 ** digits);
}
