/** What carries a group's sound and picture: a media server, or straight lines between four. */
import { shape } from "../blur";
import type { Kind } from "../link";

/** `out`: this device may not be here any more. */
export type Phase = "connecting" | "together" | "mending" | "out";

export interface Seen {
  phase: Phase;
  /** What comes from whom, by account. */
  streams: ReadonlyMap<string, MediaStream>;
  /** Those whose line was refused because who is there was not vouched for; of a mesh only. */
  refused: readonly string[];
}

export const NOTHING: Seen = { phase: "connecting", streams: new Map(), refused: [] };

export interface GroupMedia {
  start(): void;
  stop(): void;
  replace(kind: Kind, track: MediaStreamTrack | null): Promise<void>;
  /** Nobody's picture comes, and one's own does not go. */
  soundOnly(on: boolean): Promise<void>;
  /** Whose screen is shown, if anybody's: it comes and goes in its full size. */
  screen(account: string | null): Promise<void>;
  /** The network changed: look for another way at once. */
  mend(): void;
  /** Newer credentials for the relay. */
  configure(configuration: RTCConfiguration): void;
}

/** A picture in a group is small: half of a phone's width, a quarter of a desk's. */
const PICTURE: MediaTrackConstraints = {
  width: { ideal: 640 },
  height: { ideal: 360 },
  frameRate: { ideal: 20, max: 24 },
};

export const smaller = async (track: MediaStreamTrack | null): Promise<void> => {
  // A camera that knows no other size goes on with its own.
  if (track !== null) await shape(track, PICTURE).catch(() => undefined);
};
