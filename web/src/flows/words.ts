import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";

/** Words and moments of the exercises' screens. */
export function useFlowWords() {
  const { t, i18n } = useTranslation(["flows", "common"]);
  const { me, practice } = useActive();
  const locale = i18n.language;
  const timeZone = me.time_zone || practice.time_zone;
  const formats = useMemo(() => {
    const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone });
    const language = new Intl.DisplayNames([locale], { type: "language" });
    const region = new Intl.DisplayNames([locale], { type: "region" });
    return {
      moment: (at: string) => moment.format(Date.parse(at)),
      language: (tag: string) => language.of(tag) ?? tag,
      region: (code: string) => (/^[A-Z]{2}$/.test(code) ? (region.of(code) ?? code) : code),
    };
  }, [locale, timeZone]);
  return { t, locale, ...formats };
}
