/** This device's screen in a group: one is shown at a time, and whoever was first goes on. */
import { useCallback, useEffect, useRef, useState } from "react";

import { openScreen } from "../devices";
import type { Person } from "./roster";
import { screenOf } from "./wire";

export interface OwnScreen {
  track: MediaStreamTrack | null;
  share: () => Promise<void>;
  unshare: () => void;
  /** What the others say they show, each time it changed. */
  heard: (people: readonly Person[]) => void;
  /** Who was first when this device's screen was last taken back. */
  yielded: string | null;
}

export function useScreen(me: string): OwnScreen {
  const [track, setTrack] = useState<MediaStreamTrack | null>(null);
  const [yielded, setYielded] = useState<string | null>(null);
  const open = useRef<MediaStreamTrack | null>(null);
  const others = useRef<string | null>(null);

  const put = useCallback((next: MediaStreamTrack | null) => {
    open.current?.stop();
    open.current = next;
    setTrack(next);
  }, []);
  const unshare = useCallback(() => put(null), [put]);
  // Whoever goes without a word shows nothing more either.
  useEffect(() => () => open.current?.stop(), []);

  const share = useCallback(async () => {
    const found = await openScreen();
    if (found === null) return;
    // Somebody may have begun while this person chose what to show.
    setYielded(others.current);
    if (others.current !== null) {
      found.stop();
      return;
    }
    // The browser has a button of its own to stop it.
    found.onended = unshare;
    put(found);
  }, [put, unshare]);

  const heard = useCallback(
    (people: readonly Person[]) => {
      others.current = screenOf(people, null);
      const first = screenOf(people, open.current === null ? null : me);
      if (open.current === null || first === me) return;
      setYielded(first);
      unshare();
    },
    [me, unshare],
  );
  return { track, share, unshare, heard, yielded };
}
