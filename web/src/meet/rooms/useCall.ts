/** The call of one visit, for as long as somebody may be in its room. */
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";

import { callWords } from "@/vault/calling";
import { vaultWorker } from "@/vault/worker";

import { GOING_ON, type Moves, OPEN, type Place, type Seen } from "./api";
import { Call, type Standing } from "./call";
import { type VisitLine, openLine } from "./line";
import type { Kind, Tracks } from "./link";
import { type Ask, signing } from "./trust";
import type { WorksheetEars } from "./worksheet/useWorksheet";

const ask: Ask = (name, ...given) => vaultWorker.ask(name, ...given);

export interface CallHandle {
  standing: Standing | null;
  call: RefObject<Call | null>;
  /** Shows the screen in the picture's place, or the picture again. */
  share: (screen: MediaStreamTrack | null) => void;
  /** Go on although the other side did not sign, and compare words instead. */
  goOnBare: () => void;
}

const configurationOf = ({ ice_servers, relay_only }: Seen): RTCConfiguration => ({
  iceServers: ice_servers,
  iceTransportPolicy: relay_only ? "relay" : "all",
  bundlePolicy: "max-bundle",
});

interface Given {
  place: Place;
  room: Seen;
  kinds: readonly Kind[];
  tracks: Tracks;
  moves: Moves;
  worksheet: WorksheetEars;
  /** Whether this device takes part now. */
  here: boolean;
}

export function useCall({ place, room, kinds, tracks, moves, worksheet, here }: Given): CallHandle {
  const [standing, setStanding] = useState<Standing | null>(null);
  const call = useRef<Call | null>(null);
  const line = useRef<VisitLine | null>(null);
  const bare = useRef(false);
  const latest = useRef({ room, tracks, moves });
  useEffect(() => {
    latest.current = { room, tracks, moves };
  });

  const { status, id } = room.visit;
  const onTopic = here && GOING_ON.has(status);
  const { topic } = room;
  const [ownAccount, otherAccount] = [room.own.account, room.other.account];
  useEffect(() => {
    if (!onTopic) return undefined;
    // The worker is up before it is needed: whoever is let in does not wait for it.
    void ask("knowsKeys", ownAccount, otherAccount).catch(() => undefined);
    const opened = openLine(place.practice, topic, {
      told: (visit) => latest.current.moves.told(visit),
      said: (data) => call.current?.heard(data),
      came: () => call.current?.look(),
      gap: () => {
        void latest.current.moves.again();
        call.current?.look();
      },
    });
    line.current = opened;
    return () => {
      opened.close();
      line.current = null;
    };
  }, [onTopic, topic, place.practice, ownAccount, otherAccount]);

  const inRoom = here && OPEN.has(status);
  const wanted = kinds.join(" ");
  const { side, own, other } = room;
  const signer = useMemo(
    () => signing(ask, id, own, other, () => bare.current),
    // The accounts name the keys: a newer answer with the same ones changes nothing.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [id, own.account, other.account, own.keys.length, other.keys.length],
  );
  useEffect(() => {
    if (!inRoom) return undefined;
    performance.mark("visit-admitted");
    const made = new Call(
      { visit: id, role: side, me: own.account, other: other.account },
      wanted.split(" ").filter((kind) => kind !== "") as Kind[],
      latest.current.tracks,
      {
        say: (said) => line.current?.say(said),
        ...signer,
        words: (mine, theirs) => callWords(id, mine, theirs),
        connection: () => new RTCPeerConnection(configurationOf(latest.current.room)),
        stream: () => new MediaStream(),
        changed: setStanding,
        // What the server hears late, it hears with the next change; the call does not wait for it.
        connected: (way) => void latest.current.moves.connected(way).catch(() => undefined),
        lost: () => void latest.current.moves.lost().catch(() => undefined),
        talking: () => worksheet.talking((told) => made.tellSheet(told)),
        sheet: (told) => worksheet.heard(told),
      },
    );
    call.current = made;
    setStanding(made.standing);
    made.start();
    const mend = (): void => made.mend();
    window.addEventListener("online", mend);
    return () => {
      window.removeEventListener("online", mend);
      made.stop();
      call.current = null;
      setStanding(null);
    };
  }, [inRoom, id, side, own.account, other.account, wanted, signer, worksheet]);

  useEffect(() => {
    call.current?.configure(configurationOf(room));
  }, [room.ice_servers, room.relay_only, room]);

  // Another camera, or none; while the screen is shown, it stays.
  const [screen, setScreen] = useState<MediaStreamTrack | null>(null);
  const { audio, video } = tracks;
  useEffect(() => {
    void call.current?.replace("video", screen ?? video);
    call.current?.state({ camera: video !== null, screen: screen !== null });
  }, [screen, video]);
  useEffect(() => {
    void call.current?.replace("audio", audio);
    call.current?.state({ microphone: audio?.enabled ?? false });
  }, [audio]);
  const share = useCallback((track: MediaStreamTrack | null) => setScreen(track), []);

  const goOnBare = useCallback(() => {
    bare.current = true;
    call.current?.tryAgain();
  }, []);
  return { standing, call, share, goOnBare };
}
