/** What the charts draw. Instants are ISO 8601 UTC strings, values are scores on the series' range. */

/** Which way is better; "none" where neither is. */
export type Direction = "lower" | "higher" | "none";

export interface PlotPoint {
  readonly id: string;
  readonly at: string;
  readonly value: number;
  /** Name of the severity band in the reader's language, where the scale has bands. */
  readonly band?: string | null;
  /** Imported: answered before the practice used Holdfast, so nobody was told at the time. */
  readonly historical?: boolean;
  /** A flag was raised by this answer. */
  readonly flagged?: boolean;
}

export interface PlotBand {
  readonly id: string;
  readonly min: number;
  readonly max: number;
  readonly label: string;
}

/** Values within `reference ± points` differ from the reference by no more than measurement error. */
export interface ReliableChange {
  readonly reference: number;
  readonly referenceAt: string;
  readonly points: number;
}

export interface ChangePoint {
  readonly at: string;
  /** Earliest and latest plausible instant, where the method gives one. */
  readonly from?: string | null;
  readonly to?: string | null;
  /** Mean level before and after. */
  readonly before?: number | null;
  readonly after?: number | null;
}

export type EventKind = "medication" | "life" | "treatment" | "meeting" | "flag" | "shared";

export const EVENT_KINDS: readonly EventKind[] = [
  "flag",
  "meeting",
  "shared",
  "medication",
  "treatment",
  "life",
];

export interface PlotEvent {
  readonly id: string;
  readonly kind: EventKind;
  readonly label: string;
  readonly at: string;
  readonly end?: string | null;
  /** A medication event with a dose is one step of a dose course. */
  readonly dose?: number | null;
  readonly unit?: string | null;
  /** Steps of one medicine share this, where it is known; else they share their label's words. */
  readonly course?: string | null;
  readonly historical?: boolean;
}

/** First and last instant of the shared axis, epoch milliseconds. */
export type TimeDomain = readonly [number, number];
