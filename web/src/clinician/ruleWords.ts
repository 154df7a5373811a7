/** A rule in a sentence's parts: "Mondays and Thursdays · 09:00 · open for 2 hours". */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { lengthWords } from "./due";
import { type RuleBody, timesOf } from "./ruleModel";

const MINUTE = 60_000;
/** 1 January 2024 was a Monday. */
const weekday = (day: number): Date => new Date(Date.UTC(2024, 0, day));

export function useRuleWords() {
  const { t, i18n } = useTranslation("schedule");
  return useMemo(() => {
    const names = new Intl.DateTimeFormat(i18n.language, { weekday: "long", timeZone: "UTC" });
    const short = new Intl.DateTimeFormat(i18n.language, { weekday: "short", timeZone: "UTC" });
    const list = new Intl.ListFormat(i18n.language, { type: "conjunction" });
    const time = new Intl.DateTimeFormat(i18n.language, { timeStyle: "short", timeZone: "UTC" });
    const atTime = (clock: string): string => time.format(new Date(`2024-01-01T${clock}:00Z`));
    const length = (minutes: number): string => lengthWords(minutes * MINUTE, i18n.language);
    const often = ({ when }: RuleBody): string => {
      switch (when.kind) {
        case "once":
          return t("cadence.once");
        case "every_n_days":
          return t("cadence.every", { count: when.days });
        case "weekly":
          return t("words.weekly", { days: list.format(when.weekdays.map((day) => names.format(weekday(day)))) });
        case "daily_times":
          return t("words.daily");
        case "moments":
          return t("words.moments", {
            count: when.per_day,
            from: atTime((when.wakes ?? "09:00").slice(0, 5)),
            to: atTime((when.sleeps ?? "21:00").slice(0, 5)),
          });
        default:
          return when.after_days === 0
            ? t("words.eventSameDay", { event: t(`event.${when.event}`) })
            : t("words.event", { count: when.after_days, event: t(`event.${when.event}`) });
      }
    };
    const parts = (rule: RuleBody): string[] => {
      const times = timesOf(rule).map(atTime);
      const window = rule.window_minutes ?? null;
      const reminders = rule.reminders ?? [];
      return [
        often(rule),
        ...(times.length === 0 ? [] : [list.format(times)]),
        ...(window === null ? [] : [t("words.open", { length: length(window) })]),
        ...(reminders.length === 0
          ? []
          : [t("words.reminder", { length: list.format(reminders.map(length)) })]),
        ...((rule.snoozes ?? 0) === 0 ? [] : [t("words.snoozes", { count: rule.snoozes })]),
      ];
    };
    return { t, parts, length, shortDay: (day: number) => short.format(weekday(day)), longDay: (day: number) => names.format(weekday(day)) };
  }, [t, i18n.language]);
}
