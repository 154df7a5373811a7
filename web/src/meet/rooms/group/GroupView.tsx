import { IconLock, IconLockOpen, IconMicrophoneOff } from "@tabler/icons-react";
import { type CSSProperties, type ReactElement, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { Timer } from "../Timer";
import type { Devices } from "../useDevices";
import type { SeenGroup } from "./api";
import { type Fit, fitTiles } from "./grid";
import { nameOf } from "./names";
import { SharedScreen } from "./SharedScreen";
import { Tile } from "./Tile";
import type { GroupHandle } from "./useGroup";
import { useSpeaking } from "./useSpeaking";

/** Of the window's height; the rest is for words and buttons, and for a screen that is shown. */
const ROOM_FOR_TILES = 0.6;
const BESIDE_A_SCREEN = 0.2;

interface Props {
  room: SeenGroup;
  devices: Devices;
  group: GroupHandle;
  name: string;
}

/** In the group's room: who could listen, a screen that is shown, and everybody's tile. */
export function GroupView(props: Props): ReactElement {
  const { room, group } = props;
  const { t } = useTranslation("groupRoom");
  const { presence, seen } = group;
  if (presence.elsewhere) return <p role="status">{t("elsewhere")}</p>;
  const status = seen.phase === "together" && presence.people.length === 0 ? "alone" : seen.phase;
  return (
    <div
      className="hv-main"
      data-testid="group"
      data-phase={seen.phase}
      data-sealed={presence.mode}
      data-sharing={presence.sharing}
    >
      <div className="hf-row">
        <p role="status" className="hv-status">
          {t(`phase.${status}`, { count: presence.people.length + 1 })}
        </p>
        <Timer visit={room} skew={room.skew} />
      </div>
      <Guard room={room} group={group} />
      <SharedScreen room={room} group={group} />
      <Tiles {...props} />
    </div>
  );
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
  const share = group.shown === null ? ROOM_FOR_TILES : BESIDE_A_SCREEN;
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const measure = (): void => setFit(fitTiles(tiles, element.clientWidth, window.innerHeight * share));
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    measure();
    return () => watch.disconnect();
  }, [tiles, share]);
  return (
    <ul ref={place} className="hv-tiles" style={{ "--hv-columns": fit.columns, "--hv-tile": `${fit.width}px` } as CSSProperties} aria-label={t("tiles")}>
      {presence.people.map(({ account, card }) => {
        const stream = seen.streams.get(account) ?? null;
        const refused = seen.refused.includes(account) ? t("tile.refused") : null;
        const showing = group.shown === account ? t("tile.screen") : null;
        return (
          <Tile
            key={account}
            account={account}
            stream={stream}
            name={nameOf(account, room, group, t("somebody"))}
            microphone={card?.microphone ?? true}
            camera={(card?.camera ?? true) && !group.soundOnly}
            speaks={who === account}
            words={refused ?? (stream === null ? t("tile.connecting") : showing)}
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
