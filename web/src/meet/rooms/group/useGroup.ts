/** A group's room at this device: who is there, what comes from whom, and under which key. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { ApiError } from "@/api/problems";
import { topics } from "@/live/socket";
import { VaultError } from "@/vault/engine/errors";
import { vaultWorker } from "@/vault/worker";

import type { Kind, Tracks } from "../link";
import { type Ask, signing } from "../trust";
import type { GroupMoves, GroupPlace, SeenGroup } from "./api";
import { frameKeys, sealsFrames } from "./frameKeys";
import { type GroupMedia, NOTHING, type Seen, smaller } from "./media";
import { MeshMedia } from "./mesh";
import { type Allowed, type Presence, Roster } from "./roster";
import { SfuMedia } from "./sfu";
import { useScreen } from "./useScreen";
import { type Card, screenOf } from "./wire";

const ask: Ask = (name, ...given) => vaultWorker.ask(name, ...given);
const ALONE: Presence = { mode: "hold", people: [], unable: [], sharing: 0, elsewhere: false, refused: [] };
/** Refusals after which there is nothing to come back to. */
const OUT: ReadonlySet<string> = new Set(["group-not-let-in", "not-found", "not-permitted", "not-signed-in"]);

export interface GroupHandle {
  presence: Presence;
  seen: Seen;
  soundOnly: boolean;
  setSoundOnly: (on: boolean) => void;
  /** Whose screen is shown: an account, this device's own among them. */
  shown: string | null;
  share: () => Promise<void>;
  unshare: () => void;
  /** Who was there first when this device's screen was last taken back. */
  yielded: string | null;
}

interface Given {
  place: GroupPlace;
  room: SeenGroup;
  kinds: readonly Kind[];
  tracks: Tracks;
  microphoneOn: boolean;
  moves: GroupMoves;
  name: string;
  /** Whether this device's keys are open: it can take part in sealing. */
  keysOpen: boolean;
  /** Whether this device is in the room now. */
  here: boolean;
}

const configurationOf = ({ ice_servers, relay_only }: SeenGroup): RTCConfiguration => ({
  iceServers: ice_servers,
  iceTransportPolicy: relay_only ? "relay" : "all",
  bundlePolicy: "max-bundle",
});

function allowedIn(room: SeenGroup): Allowed[] {
  const hosts = room.hosts.map((one) => ({ ...one, host: true }));
  const people = room.people
    .filter(({ visit }) => visit === null || ["admitted", "in_session"].includes(visit.status))
    .map((one) => ({ ...one, host: false }));
  const own = room.role === "member" ? [{ ...room.own, host: false }] : [];
  return [...hosts, ...people, ...own].flatMap(({ account, keys, host }) =>
    account === null ? [] : [{ account, keys, host }],
  );
}

const isRefusal = (error: unknown): boolean => error instanceof VaultError;

export function useGroup(given: Given): GroupHandle {
  const { place, room, kinds, tracks, microphoneOn, name, keysOpen, here } = given;
  const [presence, setPresence] = useState<Presence>(ALONE);
  const [seen, setSeen] = useState<Seen>(NOTHING);
  const [soundOnly, chooseSoundOnly] = useState(false);
  const roster = useRef<Roster | null>(null);
  const media = useRef<GroupMedia | null>(null);
  const { audio, video } = tracks;
  const me = room.own.account ?? "";
  const { track: screen, share, unshare, heard, yielded } = useScreen(me);
  const shown = screenOf(presence.people, screen === null ? null : me);
  const picture = screen ?? video;
  const card: Card = {
    name,
    microphone: audio !== null && microphoneOn,
    camera: video !== null && !soundOnly,
    screen: screen !== null,
  };
  const now = { ...given, tracks: { audio, video: picture }, soundOnly, card, shown };
  const latest = useRef(now);
  useEffect(() => {
    latest.current = now;
  });

  const { id, topic, server } = room;
  const can = keysOpen && (!server || sealsFrames());
  const wanted = kinds.join(" ");
  const { practice } = place;
  useEffect(() => {
    if (!here || me === "") return undefined;
    const live = topics(practice);
    const frames = server ? frameKeys(me) : null;
    const say = (said: unknown): void => void live.say(topic, said);
    const mesh: { current: MeshMedia | null } = { current: null };
    let mode = ALONE.mode;
    const people = new Roster(me, can, {
      say,
      makeKey: (number, seats, known) => vaultWorker.ask("makeRoomKey", me, id, number, seats, known),
      openKey: (wire, maker) => vaultWorker.ask("openRoomKey", me, id, wire, maker),
      refusal: isRefusal,
      learn: (number, key) => frames?.learn(number, key),
      send: (number) => frames?.send(number),
      changed: (now) => {
        if (now.mode !== mode) frames?.mode(now.mode);
        mode = now.mode;
        mesh.current?.present(now.elsewhere ? [] : now.people.map(({ account }) => account));
        heard(now.people);
        setPresence(now);
      },
      pair: (from, said) => mesh.current?.heard(from, said),
    });
    const carried = wanted.split(" ") as Kind[];
    const connection = (): RTCPeerConnection => new RTCPeerConnection(configurationOf(latest.current.room));
    const connected = (): void => void latest.current.moves.connected().catch(() => undefined);
    const keysOf = (account: string) => {
      const found = allowedIn(latest.current.room).find((one) => one.account === account);
      return { account, keys: found?.keys ?? [] };
    };
    if (frames === null) {
      mesh.current = new MeshMedia(id, me, carried, latest.current.tracks, {
        say: (to, said) => say({ t: "pair", a: me, to, said }),
        signing: (other) => signing(ask, id, keysOf(me), keysOf(other), () => mode === "plain"),
        connection,
        stream: () => new MediaStream(),
        changed: setSeen,
        connected,
      });
    }
    const carrier: GroupMedia =
      mesh.current ??
      new SfuMedia(me, carried, latest.current.tracks, {
        ticket: () => latest.current.moves.ticket(),
        isOut: (error) => error instanceof ApiError && OUT.has(error.code),
        socket: (url) => new WebSocket(url),
        connection,
        seal: (sender, kind) => frames?.seal(sender, kind),
        open: (receiver, kind, stream) => frames?.open(receiver, kind, stream),
        from: (stream, account) => frames?.from(stream, account),
        changed: (now) => {
          setSeen(now);
          if (now.phase === "out") void latest.current.moves.again();
        },
        connected,
        random: () => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32,
      });
    const close = live.subscribe(topic, {
      told: () => void latest.current.moves.again(),
      said: ({ data, from }) => void people.heard(data, from),
      came: () => people.came(),
      // Our own line's end says nothing about the others.
      went: ({ connection: which }) => {
        if (live.connection() !== null) people.went(which);
      },
      gap: () => {
        void latest.current.moves.again();
        people.look();
      },
    });
    roster.current = people;
    media.current = carrier;
    people.allow(allowedIn(latest.current.room));
    people.tell(latest.current.card);
    people.start();
    void carrier.soundOnly(latest.current.soundOnly);
    void carrier.screen(latest.current.shown);
    carrier.start();
    const mend = (): void => carrier.mend();
    window.addEventListener("online", mend);
    return () => {
      window.removeEventListener("online", mend);
      people.stop();
      carrier.stop();
      close();
      frames?.stop();
      roster.current = null;
      media.current = null;
      unshare();
      setPresence(ALONE);
      setSeen(NOTHING);
    };
  }, [here, me, id, topic, server, can, wanted, practice, heard, unshare]);

  useEffect(() => {
    roster.current?.allow(allowedIn(room));
    media.current?.configure(configurationOf(room));
  }, [room]);

  useEffect(() => void smaller(video), [video]);
  useEffect(() => void media.current?.replace("video", picture), [picture]);
  useEffect(() => void media.current?.screen(shown), [shown]);
  useEffect(() => void media.current?.replace("audio", audio), [audio]);
  useEffect(() => void media.current?.soundOnly(soundOnly), [soundOnly]);
  const { microphone, camera, screen: showing } = card;
  useEffect(() => {
    roster.current?.tell({ name, microphone, camera, screen: showing });
  }, [name, microphone, camera, showing]);

  const setSoundOnly = useCallback(
    (on: boolean) => {
      if (on) unshare();
      chooseSoundOnly(on);
    },
    [unshare],
  );
  return useMemo(
    () => ({ presence, seen, soundOnly, setSoundOnly, shown, share, unshare, yielded }),
    [presence, seen, soundOnly, setSoundOnly, shown, share, unshare, yielded],
  );
}
