/** Words for a point and for a whole series: what a reader who does not see the drawing gets. */
import type { TFunction } from "i18next";

import type { ChartFormats } from "./environment";
import type { PlacedEvent } from "./lanes";
import type { PlotPoint } from "./types";

export interface PlacedPoint {
  readonly point: PlotPoint;
  readonly wall: number;
}

export type ChartWords = TFunction<"charts">;

/** "19 May 2026, 08:10: 14 of 27, moderate, answered before Holdfast, flagged". */
export function describePoint(
  point: PlotPoint,
  wall: number,
  range: readonly [number, number],
  t: ChartWords,
  formats: ChartFormats,
): string {
  const notes = [
    point.band ?? null,
    point.historical ? t("historical") : null,
    point.flagged ? t("flagged") : null,
  ].filter((note): note is string => note !== null);
  const [least, most] = [formats.number(range[0]), formats.number(range[1])];
  const value =
    range[0] === 0
      ? t("valueOf", { value: formats.number(point.value), most })
      : t("valueBetween", { value: formats.number(point.value), least, most });
  return [`${formats.moment(wall)}: ${value}`, ...notes].join(" · ");
}

/** Count, first, last, lowest and highest, as one sentence. */
export function summaryOf(placed: readonly PlacedPoint[], t: ChartWords, formats: ChartFormats): string {
  const first = placed[0];
  const last = placed[placed.length - 1];
  if (!first || !last) return t("noPoints");
  let lowest = first.point.value;
  let highest = first.point.value;
  for (const { point } of placed) {
    if (point.value < lowest) lowest = point.value;
    if (point.value > highest) highest = point.value;
  }
  return t("summary", {
    count: placed.length,
    firstDay: formats.day(first.wall),
    first: formats.number(first.point.value),
    lastDay: formats.day(last.wall),
    last: formats.number(last.point.value),
    lowest: formats.number(lowest),
    highest: formats.number(highest),
  });
}

/** Label, dose and whether it is imported history. */
export function eventLabel({ event }: PlacedEvent, t: ChartWords, formats: ChartFormats): string {
  const dose =
    event.dose == null
      ? null
      : t("dose", { dose: formats.number(event.dose), unit: event.unit ?? "mg" });
  const said = dose !== null && event.label.includes(dose);
  return [event.label, said ? null : dose, event.historical ? t("historical") : null]
    .filter((part) => part !== null && part !== "")
    .join(" · ");
}

/** "Sep 24, 2012: Medication · Venlafaxine · 112.5 mg". */
export function describeEvent(entry: PlacedEvent, t: ChartWords, formats: ChartFormats): string {
  const when =
    entry.endWall === null
      ? formats.day(entry.wall)
      : t("fromTo", { from: formats.day(entry.wall), to: formats.day(entry.endWall) });
  return `${when}: ${t(`kind.${entry.event.kind}`)} · ${eventLabel(entry, t, formats)}`;
}
