/** Dates and numbers in the reader's language and time zone. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

export interface Format {
  date: (instant: string | Date) => string;
  day: (localDate: string) => string;
  weekday: (localDate: string | Date) => string;
  time: (instant: string | Date) => string;
  dateTime: (instant: string | Date) => string;
  /** "today 17:00", "tomorrow 09:00", else the date and time. */
  soon: (instant: string | Date, now?: Date) => string;
  relative: (instant: string | Date, now?: Date) => string;
  number: (value: number, digits?: number) => string;
  signed: (value: number, digits?: number) => string;
  percent: (fraction: number) => string;
  list: (parts: string[]) => string;
  country: (code: string) => string;
  language: (tag: string) => string;
}

const asDate = (instant: string | Date): Date =>
  typeof instant === "string" ? new Date(instant) : instant;

/** A date without a time ("2026-11-23") is that day everywhere: read and shown in UTC. */
const asDay = (localDate: string): Date => new Date(`${localDate.slice(0, 10)}T00:00:00Z`);

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function makeFormat(language: string, timeZone?: string): Format {
  const zone = timeZone === undefined ? {} : { timeZone };
  const date = new Intl.DateTimeFormat(language, { dateStyle: "medium", ...zone });
  const day = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
  const weekday = new Intl.DateTimeFormat(language, { weekday: "long", ...zone });
  const time = new Intl.DateTimeFormat(language, { timeStyle: "short", ...zone });
  const both = new Intl.DateTimeFormat(language, {
    dateStyle: "medium",
    timeStyle: "short",
    ...zone,
  });
  const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const key = new Intl.DateTimeFormat("en-CA", { dateStyle: "short", ...zone });
  const names = new Intl.DisplayNames(language, { type: "region" });
  const tongues = new Intl.DisplayNames(language, { type: "language" });
  const list = new Intl.ListFormat(language, { type: "conjunction" });
  const number = (value: number, digits: number, signed = false): string =>
    new Intl.NumberFormat(language, {
      maximumFractionDigits: digits,
      ...(signed ? { signDisplay: "exceptZero" } : {}),
    }).format(value);

  const dayDistance = (instant: Date, now: Date): number =>
    Math.round((asDay(key.format(instant)).getTime() - asDay(key.format(now)).getTime()) / 86_400_000);

  return {
    date: (instant) => date.format(asDate(instant)),
    day: (localDate) => day.format(asDay(localDate)),
    weekday: (instant) => weekday.format(asDate(instant)),
    time: (instant) => time.format(asDate(instant)),
    dateTime: (instant) => both.format(asDate(instant)),
    soon: (instant, now = new Date()) => {
      const at = asDate(instant);
      const distance = dayDistance(at, now);
      if (Math.abs(distance) > 1) return both.format(at);
      return `${ago.format(distance, "day")} ${time.format(at)}`;
    },
    relative: (instant, now = new Date()) => {
      const seconds = (asDate(instant).getTime() - now.getTime()) / 1000;
      for (const [unit, length] of STEPS) {
        if (Math.abs(seconds) >= length) return ago.format(Math.round(seconds / length), unit);
      }
      return ago.format(0, "minute");
    },
    number: (value, digits = 1) => number(value, digits),
    signed: (value, digits = 1) => number(value, digits, true),
    percent: (fraction) =>
      new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(
        fraction,
      ),
    list: (parts) => list.format(parts),
    country: (code) => names.of(code) ?? code,
    language: (tag) => tongues.of(tag) ?? tag,
  };
}

/** The reader's own form of the chosen language ("en-GB" for "en"), as the browser was told. */
export const localeFor = (language: string, preferred = navigator.languages): string =>
  preferred.find((tag) => tag.split("-")[0] === language) ?? language;

export function useFormat(timeZone?: string): Format {
  const { i18n } = useTranslation();
  return useMemo(
    () => makeFormat(localeFor(i18n.language), timeZone),
    [i18n.language, timeZone],
  );
}

/** The IANA name of the zone this device is in now. */
export const deviceTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
