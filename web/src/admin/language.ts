/** Words, dates and numbers of the administration's screens. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";

export function useAdminWords() {
  const { t, i18n } = useTranslation(["admin", "common", "clinician"]);
  const { practice } = useActive();
  const locale = i18n.language;
  const formats = useMemo(() => {
    const moment = new Intl.DateTimeFormat(locale, {
      dateStyle: "medium",
      timeStyle: "short",
      timeZone: practice.time_zone,
    });
    // A calendar date has no zone: it is read and written in UTC.
    const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
    const weekday = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });
    const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
    const regions = new Intl.DisplayNames([locale], { type: "region" });
    const languages = new Intl.DisplayNames([locale], { type: "language" });
    return {
      moment: (at: string) => moment.format(Date.parse(at)),
      date: (on: string) => date.format(Date.parse(`${on}T00:00:00Z`)),
      /** ISO weekday, 1 Monday to 7 Sunday; 1 January 2024 was a Monday. */
      weekday: (iso: number) => weekday.format(Date.UTC(2024, 0, iso)),
      number: (value: number) => number.format(value),
      country: (code: string) => regions.of(code) ?? code,
      language: (tag: string) => languages.of(tag) ?? tag,
    };
  }, [locale, practice.time_zone]);
  return { t, locale, timeZone: practice.time_zone, ...formats };
}
