import { Button } from "@mantine/core";
import {
  IconLock,
  IconLockOpen,
  IconMicrophone,
  IconMicrophoneOff,
  IconPhoneX,
  IconVideo,
  IconVideoOff,
} from "@tabler/icons-react";
import { type CSSProperties, type ReactElement, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Kind } from "../link";
import type { Devices } from "../useDevices";
import type { GroupMoves, SeenGroup } from "./api";
import { writeReady } from "./device";
import { type Fit, fitTiles } from "./grid";
import { Guests } from "./Guests";
import { Tile } from "./Tile";
import type { GroupHandle } from "./useGroup";
import { useSpeaking } from "./useSpeaking";

/** Of the window's height; the rest is for words and buttons. */
const ROOM_FOR_TILES = 0.6;

interface Props {
  room: SeenGroup;
  kinds: readonly Kind[];
  devices: Devices;
  moves: GroupMoves;
  group: GroupHandle;
  name: string;
  onLeave: () => Promise<void>;
}

/** In the group's room: everybody's tile, what a hand needs, and for who holds it who waits. */
export function GroupView(props: Props): ReactElement {
  const { room, moves, group } = props;
  const { t } = useTranslation("groupRoom");
  const { presence, seen } = group;
  const host = room.role === "host";
  if (presence.elsewhere) return <p role="status">{t("elsewhere")}</p>;
  const status = seen.phase === "together" && presence.people.length === 0 ? "alone" : seen.phase;
  return (
    <div
      className="hv-group"
      data-host={host}
      data-testid="group"
      data-phase={seen.phase}
      data-sealed={presence.mode}
      data-sharing={presence.sharing}
    >
      <div className="hv-main">
        <p role="status" className="hv-status">
          {t(`phase.${status}`, { count: presence.people.length + 1 })}
        </p>
        <Guard room={room} group={group} />
        <Tiles {...props} />
        <Controls {...props} />
      </div>
      {host ? <Guests room={room} moves={moves} presence={presence} /> : null}
    </div>
  );
}

/** What somebody is called here: as they said, else as the server may tell. */
export function nameOf(account: string, room: SeenGroup, { presence }: Pick<GroupHandle, "presence">, unknown: string): string {
  const said = presence.people.find((one) => one.account === account)?.card?.name ?? "";
  if (said !== "") return said;
  return [...room.hosts, ...room.people].find((one) => one.account === account)?.name || unknown;
}

/** Who could read what goes through here: plainly, and always in the same place. */
function Guard({ room, group }: Pick<Props, "room" | "group">): ReactElement {
  const { t } = useTranslation("groupRoom");
  const { mode, unable, sharing, refused } = group.presence;
  const names = (accounts: readonly string[]): string =>
    accounts
      .map((account) => (account === room.own.account ? t("you") : nameOf(account, room, group, t("somebody"))))
      .join(", ");
  const safe = mode === "sealed" || (!room.server && mode !== "plain");
  const words = (): string => {
    if (!room.server) return t(mode === "plain" ? "guard.mesh-plain" : "guard.mesh", { names: names(unable) });
    if (mode === "sealed") return t("guard.sealed", { count: sharing });
    return t(mode === "plain" ? "guard.plain" : "guard.hold", { names: names(unable) });
  };
  const others = [...new Set([...refused, ...group.seen.refused])];
  return (
    <>
      <p className="hv-guard hf-small" role="status" data-testid="guard">
        {safe ? <IconLock size={20} aria-hidden /> : <IconLockOpen size={20} aria-hidden />}
        <span>{words()}</span>
      </p>
      {others.length === 0 ? null : (
        <p role="alert" className="hf-small">
          {t("guard.refused", { names: names(others) })}
        </p>
      )}
    </>
  );
}

function Tiles({ room, devices, group, name }: Props): ReactElement {
  const { t } = useTranslation("groupRoom");
  const { presence, seen } = group;
  const { audio, video } = devices.tracks;
  const own = useMemo(() => (video === null ? null : new MediaStream([video])), [video]);
  const voices = useMemo(() => {
    const all = new Map(seen.streams);
    if (audio !== null) all.set("own", new MediaStream([audio]));
    return all;
  }, [seen.streams, audio]);
  const who = useSpeaking(voices);
  const place = useRef<HTMLUListElement>(null);
  const [fit, setFit] = useState<Fit>({ columns: 1, width: 320 });
  const tiles = presence.people.length + 1;
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const measure = (): void => setFit(fitTiles(tiles, element.clientWidth, window.innerHeight * ROOM_FOR_TILES));
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    measure();
    return () => watch.disconnect();
  }, [tiles]);
  return (
    <ul ref={place} className="hv-tiles" style={{ "--hv-columns": fit.columns, "--hv-tile": `${fit.width}px` } as CSSProperties} aria-label={t("tiles")}>
      {presence.people.map(({ account, card }) => {
        const stream = seen.streams.get(account) ?? null;
        const refused = seen.refused.includes(account) ? t("tile.refused") : null;
        return (
          <Tile
            key={account}
            account={account}
            stream={stream}
            name={nameOf(account, room, group, t("somebody"))}
            microphone={card?.microphone ?? true}
            camera={(card?.camera ?? true) && !group.soundOnly}
            speaks={who === account}
            words={refused ?? (stream === null ? t("tile.connecting") : null)}
          />
        );
      })}
      <OwnTile stream={own} name={t("tile.you", { name })} microphone={audio !== null && devices.microphoneOn} speaks={who === "own"} />
    </ul>
  );
}

interface OwnProps {
  stream: MediaStream | null;
  name: string;
  microphone: boolean;
  speaks: boolean;
}

function OwnTile({ stream, name, microphone, speaks }: OwnProps): ReactElement {
  const { t } = useTranslation("groupRoom");
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current !== null) video.current.srcObject = stream;
  }, [stream]);
  return (
    <li className="hv-tile" data-mirrored="true" data-covered={stream === null} data-speaks={speaks && microphone} data-testid="own-tile">
      <video ref={video} autoPlay playsInline muted aria-label={name} />
      {stream === null ? <p className="hv-tile-words hf-soft">{t("tile.own-off")}</p> : null}
      <p className="hv-tile-name" dir="auto">
        {microphone ? null : <IconMicrophoneOff size={16} aria-label={t("tile.muted")} />}
        <span>{name}</span>
      </p>
    </li>
  );
}

function Controls({ room, kinds, devices, group, name, onLeave }: Props): ReactElement {
  const { t } = useTranslation("groupRoom");
  const rooms = useTranslation("rooms").t;
  const cameraOn = devices.tracks.video !== null;
  const { soundOnly, setSoundOnly } = group;
  const toggleMicrophone = async (): Promise<void> => {
    if (devices.tracks.audio === null) await devices.start(["audio"]);
    else devices.microphone(!devices.microphoneOn);
  };
  const toggleCamera = async (): Promise<void> => {
    await devices.camera(!cameraOn);
    writeReady(room.id, { camera: !cameraOn, name });
  };
  return (
    <div className="hv-controls" role="toolbar" aria-label={rooms("room.controls")}>
      <Button
        variant={devices.microphoneOn ? "default" : "light"}
        aria-pressed={!devices.microphoneOn}
        leftSection={devices.microphoneOn ? <IconMicrophone size={20} aria-hidden /> : <IconMicrophoneOff size={20} aria-hidden />}
        onClick={() => void toggleMicrophone()}
      >
        {rooms(devices.microphoneOn ? "room.mute" : "room.unmute")}
      </Button>
      {kinds.includes("video") ? (
        <>
          <Button
            variant={cameraOn ? "default" : "light"}
            aria-pressed={!cameraOn}
            leftSection={cameraOn ? <IconVideo size={20} aria-hidden /> : <IconVideoOff size={20} aria-hidden />}
            onClick={() => void toggleCamera()}
          >
            {rooms(cameraOn ? "room.camera-off" : "room.camera-on")}
          </Button>
          <Button variant={soundOnly ? "light" : "default"} aria-pressed={soundOnly} onClick={() => setSoundOnly(!soundOnly)}>
            {t("room.sound-only")}
          </Button>
        </>
      ) : null}
      <Button color="clay" leftSection={<IconPhoneX size={20} aria-hidden />} onClick={() => void onLeave()}>
        {t("room.leave")}
      </Button>
    </div>
  );
}
