/** Layout of events under a plot: one lane per kind, marks that would overlap are drawn as one. */
import { wallTime } from "./time";
import { EVENT_KINDS, type EventKind, type PlotEvent } from "./types";

export interface PlacedEvent {
  readonly event: PlotEvent;
  readonly wall: number;
  readonly endWall: number | null;
}

export interface Mark {
  readonly x: number;
  /** Events drawn at this place, in order of time. */
  readonly events: readonly PlacedEvent[];
}

export interface Lane {
  readonly kind: EventKind;
  readonly events: readonly PlacedEvent[];
}

/** Events at the person's wall-clock time, earliest first. */
export function placeEvents(events: readonly PlotEvent[], timeZone: string): PlacedEvent[] {
  return events
    .map((event) => ({
      event,
      wall: wallTime(event.at, timeZone),
      endWall: event.end ? wallTime(event.end, timeZone) : null,
    }))
    .sort((a, b) => a.wall - b.wall);
}

/** Events by kind, kinds without events left out, each lane in order of time. */
export function lanesOf(events: readonly PlacedEvent[]): Lane[] {
  return EVENT_KINDS.map((kind) => ({
    kind,
    events: events.filter((placed) => placed.event.kind === kind).sort((a, b) => a.wall - b.wall),
  })).filter((lane) => lane.events.length > 0);
}

/** Marks closer than `apart` pixels are drawn as one that says how many it holds. */
export function marksOf(
  events: readonly PlacedEvent[],
  x: (wall: number) => number,
  apart = 16,
): Mark[] {
  const marks: { x: number; events: PlacedEvent[] }[] = [];
  for (const placed of events) {
    const at = x(placed.wall);
    const last = marks[marks.length - 1];
    if (last && Math.abs(at - last.x) < apart) last.events.push(placed);
    else marks.push({ x: at, events: [placed] });
  }
  return marks;
}

export interface DoseStep {
  readonly label: string;
  readonly unit: string;
  readonly dose: number;
  readonly from: number;
  readonly to: number;
  /** Dose as a share of the highest dose of the same medicine, 0 to 1. */
  readonly share: number;
}

/** "Sertraline 50 mg" and "Sertraline 100 mg" are steps of one course. */
function courseOf(event: PlotEvent): string {
  return event.course ?? event.label.replaceAll(/[\d.,]+/g, "").trim();
}

/**
 * Dose courses: per medicine, each step lasts until its own end, the next step or
 * the end of the axis. Events without a dose are no steps.
 */
export function doseSteps(events: readonly PlacedEvent[], until: number): DoseStep[] {
  const courses = new Map<string, PlacedEvent[]>();
  for (const placed of events) {
    if (placed.event.kind !== "medication" || placed.event.dose == null) continue;
    const key = courseOf(placed.event);
    const course = courses.get(key);
    if (course) course.push(placed);
    else courses.set(key, [placed]);
  }
  return [...courses.entries()].flatMap(([label, course]) => {
    const ordered = [...course].sort((a, b) => a.wall - b.wall);
    const highest = Math.max(...ordered.map((placed) => placed.event.dose ?? 0));
    return ordered.map((placed, index) => {
      const next = ordered[index + 1]?.wall ?? until;
      const dose = placed.event.dose ?? 0;
      return {
        label,
        unit: placed.event.unit ?? "mg",
        dose,
        from: placed.wall,
        to: Math.max(placed.wall, Math.min(placed.endWall ?? next, next)),
        share: highest > 0 ? dose / highest : 0,
      };
    });
  });
}
