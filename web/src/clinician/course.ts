/** From what the server answers to what the plots draw. */
import type { FlagStatus } from "@/api/types";
import type { ChangePoint, PlotBand, PlotEvent, PlotPoint, ReliableChange } from "@/charts";

import type { Overview, ScoreChange, Series } from "./types";

/** |RCI| from which a change is unlikely (5 in 100) to be measurement error (Jacobson, Truax 1991). */
export const RELIABLE = 1.96;

export type BandNames = (band: string) => string;

export const seriesKey = (each: { instrument: string; scale: string }): string =>
  `${each.instrument}/${each.scale}`;

export function plotPoints(
  series: Series,
  flags: readonly FlagStatus[],
  name: BandNames,
): PlotPoint[] {
  const flaggedAt = new Set(flags.map((flag) => flag.answered_at));
  return series.points.map((point) => ({
    id: point.response_id,
    at: point.at,
    value: point.value,
    band: point.band === null ? null : name(point.band),
    historical: point.historical,
    flagged: flaggedAt.has(point.at),
  }));
}

export function plotBands(series: Series, name: BandNames): PlotBand[] {
  return series.bands.map((band) => ({ ...band, label: name(band.id) }));
}

/**
 * The server's change point with the two levels. The change came after the last measurement before
 * it and by the first one after it: the interval drawn is never narrower than that gap.
 */
export function plotChangePoint({ changepoint }: Series): ChangePoint | null {
  if (changepoint === null) return null;
  return {
    at: changepoint.at,
    from: changepoint.earliest,
    to: changepoint.latest > changepoint.first_after ? changepoint.latest : changepoint.first_after,
    before: changepoint.level_before,
    after: changepoint.level_after,
  };
}

/** Scales that stand for their instrument first, in the server's order otherwise. */
export function mainFirst(series: readonly Series[]): Series[] {
  return series.toSorted((a, b) => Number(b.main) - Number(a.main));
}

/** Points of the scale that make a change reliable: given, or told by the RCI of the change seen. */
export function reliablePoints(score: ScoreChange): number | null {
  if (score.reliable_points !== null) return score.reliable_points;
  if (!score.rci || score.now === null || score.then === null) return null;
  return (RELIABLE * Math.abs(score.now - score.then)) / Math.abs(score.rci);
}

export function corridor(
  series: Series,
  scores: readonly ScoreChange[],
  since: string | null,
): ReliableChange | null {
  const score = scores.find((each) => seriesKey(each) === seriesKey(series));
  const referenceAt = score?.then_at ?? since;
  if (score === undefined || score.then === null || referenceAt === null) return null;
  const points = reliablePoints(score);
  return points === null || points === 0 ? null : { reference: score.then, referenceAt, points };
}

interface EventNames {
  readonly meeting: (withWhom: string | null) => string;
  readonly flag: (flag: Overview["flags"][number]) => string;
}

/** Dose steps, life events, finished meetings and flags, each once. */
export function plotEvents(overview: Overview, names: EventNames): PlotEvent[] {
  const recorded = overview.events.map(
    (event): PlotEvent => ({
      id: event.id,
      kind: event.kind,
      label: event.label,
      at: event.at,
      end: event.end,
      dose: event.dose ?? null,
      unit: event.unit ?? null,
      course: event.medication_id ?? null,
    }),
  );
  const meetings = overview.encounters
    .filter((encounter) => encounter.status === "finished")
    .map(
      (encounter): PlotEvent => ({
        id: encounter.id,
        kind: "meeting",
        label: names.meeting(encounter.with_name ?? null),
        at: encounter.starts_at,
      }),
    );
  const flags = overview.flags.map(
    (flag): PlotEvent => ({
      id: flag.id,
      kind: "flag",
      label: names.flag(flag),
      at: flag.answered_at,
      historical: flag.historical ?? false,
    }),
  );
  const known = new Set<string>();
  return [...recorded, ...meetings, ...flags].filter((event) => {
    const fresh = !known.has(event.id);
    known.add(event.id);
    return fresh;
  });
}

/** Points and events from an instant on; everything when there is none. */
export function fromInstant<T extends { readonly at: string; readonly end?: string | null }>(
  list: readonly T[],
  start: string | null,
): T[] {
  if (start === null) return [...list];
  return list.filter((each) => (each.end ?? each.at) >= start);
}

const VERDICTS = ["deteriorated", "improved", "unchanged", "insufficient"];

/** Scores by what became of them: worse first, what cannot be judged last; each in the given order. */
export function byVerdict(scores: readonly ScoreChange[]): ScoreChange[] {
  return scores.toSorted((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));
}
