/** The camera and the microphone of this device, open from the check until the page is left. */
import { useCallback, useEffect, useRef, useState } from "react";

import { open, type Outcome } from "./devices";
import type { Kind, Tracks } from "./link";

export interface Devices {
  tracks: Tracks;
  /** How opening each fared; null while it was not tried. */
  outcomes: Record<Kind, Outcome | null>;
  /** Opens what is wanted and not open yet. */
  start: (wanted: readonly Kind[]) => Promise<void>;
  camera: (on: boolean) => Promise<void>;
  microphone: (on: boolean) => void;
  microphoneOn: boolean;
  stop: () => void;
}

const NONE: Tracks = { audio: null, video: null };

export function useDevices(): Devices {
  const held = useRef<Tracks>(NONE);
  const [tracks, setTracks] = useState<Tracks>(NONE);
  const [outcomes, setOutcomes] = useState<Record<Kind, Outcome | null>>({ audio: null, video: null });
  const [microphoneOn, setMicrophoneOn] = useState(true);
  const muted = useRef(false);
  const gone = useRef(false);

  const put = useCallback((kind: Kind, track: MediaStreamTrack | null) => {
    held.current[kind]?.stop();
    held.current = { ...held.current, [kind]: track };
    setTracks(held.current);
  }, []);

  const begin = useCallback(
    async (kind: Kind) => {
      const found = await open(kind);
      if (typeof found === "string") setOutcomes((before) => ({ ...before, [kind]: found }));
      else if (gone.current) found.stop();
      else {
        // A headset that is pulled out ends its track.
        found.onended = () => setOutcomes((before) => ({ ...before, [kind]: "missing" }));
        if (kind === "audio") found.enabled = !muted.current;
        put(kind, found);
        setOutcomes((before) => ({ ...before, [kind]: "ok" }));
      }
    },
    [put],
  );

  const start = useCallback(
    async (wanted: readonly Kind[]) => {
      await Promise.all(wanted.filter((kind) => held.current[kind] === null).map(begin));
    },
    [begin],
  );

  const stop = useCallback(() => {
    put("audio", null);
    put("video", null);
  }, [put]);

  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
      held.current.audio?.stop();
      held.current.video?.stop();
    };
  }, []);

  return {
    tracks,
    outcomes,
    start,
    camera: async (on) => {
      if (on) await begin("video");
      else put("video", null);
    },
    microphone: (on) => {
      muted.current = !on;
      if (held.current.audio !== null) held.current.audio.enabled = on;
      setMicrophoneOn(on);
    },
    microphoneOn,
    stop,
  };
}
