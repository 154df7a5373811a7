/** Words and times of the screens of appointments. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { deviceTimeZone, localeFor, makeFormat } from "@/format";

import { sameWall } from "./times";

/** `elsewhere`: the time on another zone's wall with that zone's name, where it differs. */
export function useAppointmentWords(zone: string = deviceTimeZone()) {
  const { t, i18n } = useTranslation(["appointments", "common", "day"]);
  const locale = localeFor(i18n.language);
  const formats = useMemo(() => {
    const format = makeFormat(locale, zone);
    const long = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone: zone });
    const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
    const weekday = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });
    return {
      format,
      date: (at: string) => long.format(Date.parse(at)),
      dayOf: (on: string) => day.format(Date.parse(`${on}T00:00:00Z`)),
      // 1 January 2024 was a Monday.
      weekday: (iso: number) => weekday.format(Date.UTC(2024, 0, iso)),
      time: (at: string) => format.time(at),
      elsewhere: (at: string, other: string): string | null =>
        sameWall(at, zone, other)
          ? null
          : new Intl.DateTimeFormat(locale, {
              weekday: "short",
              hour: "numeric",
              minute: "2-digit",
              timeZone: other,
              timeZoneName: "long",
            }).format(Date.parse(at)),
    };
  }, [locale, zone]);
  return { t, locale, zone, ...formats };
}

export type AppointmentWords = ReturnType<typeof useAppointmentWords>;
