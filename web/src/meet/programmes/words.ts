/** Words and times of the screens of group programmes. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { localeFor, makeFormat } from "@/format";

export function useGroupWords() {
  const { t, i18n } = useTranslation(["programmes", "common"]);
  const { me, practice } = useActive();
  const locale = localeFor(i18n.language);
  const zone = me.time_zone || practice.time_zone;
  const formats = useMemo(() => {
    const format = makeFormat(locale, zone);
    const moment = new Intl.DateTimeFormat(locale, {
      weekday: "long",
      day: "numeric",
      month: "long",
      hour: "numeric",
      minute: "2-digit",
      timeZone: zone,
    });
    const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: zone });
    return {
      format,
      moment: (at: string) => moment.format(Date.parse(at)),
      day: (at: string) => day.format(Date.parse(at)),
      list: (names: readonly string[]) => format.list([...names]),
      language: (tag: string) => format.language(tag),
    };
  }, [locale, zone]);
  return { t, locale, zone, ...formats };
}

export type GroupWords = ReturnType<typeof useGroupWords>;
