/**
 * How much picture a connection bears. Sound comes first: below a threshold the picture rests, and
 * comes back when there has been room for it for a while. Pure: takes what was measured.
 */

/** Most bits a second for the picture, and by how much each side of it is made smaller. */
export const LEVELS = [
  { name: "resting", video: 0, scale: 4 },
  { name: "low", video: 150_000, scale: 4 },
  { name: "medium", video: 450_000, scale: 2 },
  { name: "high", video: 1_500_000, scale: 1 },
] as const;

export type Level = 0 | 1 | 2 | 3;
export const BEST: Level = 3;
/** Opus at 32 kbit/s is good speech; more than this is left to it at all times. */
export const AUDIO_BITS = 48_000;

export interface Measured {
  /** Of the packets that we sent, lost on the way: 0 to 1. */
  lost: number;
  /** Seconds there and back; null before it is known. */
  roundTrip: number | null;
  /** What the browser believes it may send, in bits a second; null before it is known. */
  available: number | null;
}

export interface Bearing {
  level: Level;
  /** Rounds in a row in which there was room for more. */
  good: number;
}

export const START: Bearing = { level: 2, good: 0 };

const BAD_LOSS = 0.08;
const SLOW = 0.6;
const LITTLE_LOSS = 0.02;
/** Rounds of two seconds; a picture that came to rest waits longer, so that it does not flicker. */
const ROUNDS_UP = 3;
const ROUNDS_BACK = 5;

const need = (level: Level): number => LEVELS[level].video + AUDIO_BITS;

/** One round later. Down at once, one level at a time and two where most is lost; up slowly. */
export function next({ level, good }: Bearing, { lost, roundTrip, available }: Measured): Bearing {
  const narrow = available !== null && available < need(level) * 0.6 && level > 0;
  const bad = lost > BAD_LOSS || (roundTrip !== null && roundTrip > SLOW) || narrow;
  if (bad) return { level: Math.max(0, level - (lost > 3 * BAD_LOSS ? 2 : 1)) as Level, good: 0 };
  const room = level < BEST && lost < LITTLE_LOSS;
  if (!room) return { level, good: 0 };
  const rounds = level === 0 ? ROUNDS_BACK : ROUNDS_UP;
  if (good + 1 < rounds) return { level, good: good + 1 };
  return { level: (level + 1) as Level, good: 0 };
}

interface Counted {
  lost: number;
  sent: number;
}

/** What the browser's statistics say since the round before. */
export function measured(report: RTCStatsReport, before: Counted | null): [Measured, Counted] {
  let lost = 0;
  let sent = 0;
  let roundTrip: number | null = null;
  let available: number | null = null;
  report.forEach((entry: Record<string, unknown>) => {
    if (entry.type === "remote-inbound-rtp") {
      lost += Math.max(0, Number(entry.packetsLost ?? 0));
      if (typeof entry.roundTripTime === "number") roundTrip = Math.max(roundTrip ?? 0, entry.roundTripTime);
    }
    if (entry.type === "outbound-rtp") sent += Number(entry.packetsSent ?? 0);
    if (entry.type === "candidate-pair" && entry.nominated === true && entry.state === "succeeded") {
      if (typeof entry.availableOutgoingBitrate === "number") available = entry.availableOutgoingBitrate;
    }
  });
  const since = sent - (before?.sent ?? 0);
  const gone = Math.max(0, lost - (before?.lost ?? 0));
  const share = since > 0 ? Math.min(1, gone / since) : 0;
  return [{ lost: share, roundTrip, available }, { lost, sent }];
}
