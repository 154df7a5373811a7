import { Button } from "@mantine/core";
import {
  IconClipboardText,
  IconMicrophone,
  IconMicrophoneOff,
  IconPhoneX,
  IconScreenShare,
  IconScreenShareOff,
  IconVideo,
  IconVideoOff,
} from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { type ReactElement, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Moves, Place, Seen } from "./api";
import { BlurButton } from "./BlurButton";
import type { Line, Standing } from "./call";
import { writeReady } from "./device";
import { openScreen } from "./devices";
import { FinishButton } from "./FinishButton";
import type { Kind } from "./link";
import { RemotePicture, SelfPicture } from "./Picture";
import { Timer } from "./Timer";
import { Stopped, Vouched } from "./Vouched";
import type { CallHandle } from "./useCall";
import type { Devices } from "./useDevices";
import { WorksheetPanel } from "./worksheet/lazy";
import type { WorksheetHandle } from "./worksheet/useWorksheet";
import { Writing } from "./Writing";

interface Props {
  place: Place;
  room: Seen;
  kinds: readonly Kind[];
  devices: Devices;
  moves: Moves;
  handle: CallHandle;
  worksheet: WorksheetHandle;
  /** Hangs up, and does this first, unless the person would rather stay. */
  onLeave: (first: () => void) => void;
}

/** A phone has room for one of the two: the worksheet takes the place of the words. */
const NARROW = "(max-width: 47.99em)";

/** In the room: the other large, oneself small, and what a hand needs during a conversation. */
export function RoomView({ place, room, kinds, devices, moves, handle, worksheet, onLeave }: Props): ReactElement {
  const { t } = useTranslation("rooms");
  const { standing, call, goOnBare } = handle;
  const clinician = room.side === "clinician";
  const written = kinds.length === 0;
  const [writing, setWriting] = useState(written);
  const [sheet, setSheet] = useState(false);
  const form = worksheet.view?.form ?? null;
  const { name } = room.other;
  const stopped = standing?.phase === "refused" || standing?.phase === "elsewhere";
  return (
    <div className="hv-main" data-testid="room" data-phase={standing?.phase ?? "apart"} data-sheet={sheet}>
      <div className="hf-row">
        <p role="status" className="hv-status" data-testid="connection">
          {standingWords(standing, name, t)}
        </p>
        <Timer visit={room.visit} skew={room.skew} />
      </div>
      {stopped && standing !== null ? (
        <Stopped standing={standing} name={name} onBare={goOnBare} onHere={() => call.current?.tryAgain()} />
      ) : null}
      {written || stopped ? null : (
        <div className="hv-stage">
          <RemotePicture
            stream={standing?.stream ?? null}
            name={name}
            words={coverWords(standing, kinds, name, t)}
          />
          {kinds.includes("video") ? <SelfView devices={devices} screen={handle} /> : null}
        </div>
      )}
      <Controls
        place={place}
        kinds={kinds}
        devices={devices}
        handle={handle}
        writing={writing}
        onWriting={
          written
            ? null
            : () => {
                setWriting(!writing);
                if (window.matchMedia(NARROW).matches) setSheet(false);
              }
        }
        sheet={sheet}
        sheetNews={form !== null && !sheet}
        onSheet={() => setSheet(!sheet)}
        onLeave={onLeave}
      />
      <p role="status" className="hf-small" data-testid="worksheet-open">
        {form === null || sheet ? null : t("sheet.open", { title: form.title })}
      </p>
      {sheet ? (
        <Suspense>
          <WorksheetPanel place={place} room={room} worksheet={worksheet} />
        </Suspense>
      ) : null}
      {writing && sheet ? <LastLine lines={standing?.lines ?? []} name={name} /> : null}
      {writing ? (
        <Writing
          lines={standing?.lines ?? []}
          name={name}
          write={(id, text) => call.current?.write(id, text) ?? false}
        />
      ) : null}
      <Vouched standing={standing} name={name} />
      {clinician ? (
        <div className="hf-buttons">
          <FinishButton room={room} moves={moves} />
        </div>
      ) : null}
    </div>
  );
}

/** Where a worksheet stands in the place of the words, the last that the other wrote. */
function LastLine({ lines, name }: { lines: readonly Line[]; name: string }): ReactElement {
  const last = lines.findLast(({ mine }) => !mine);
  return (
    <p role="status" className="hv-last-line hf-small">
      {last === undefined ? null : <bdi>{name}: {last.text}</bdi>}
    </p>
  );
}

type Words = TFunction<"rooms">;

/** The connection, in words. */
function standingWords(standing: Standing | null, name: string, t: Words): string {
  if (standing === null || standing.phase === "apart") return t("phase.apart", { name });
  if (standing.phase !== "together") return t(`phase.${standing.phase}`, { name });
  if (standing.level === 0) return t("phase.resting");
  if (standing.other?.resting === true) return t("phase.resting-there", { name });
  return t(standing.way === "relayed" ? "phase.relayed" : "phase.together", { name });
}

/** What stands where the picture would be, if there is none. */
function coverWords(standing: Standing | null, kinds: readonly Kind[], name: string, t: Words): string | null {
  if (standing === null || standing.phase === "apart") return t("cover.apart", { name });
  if (standing.phase === "connecting") return t("cover.connecting", { name });
  if (standing.phase === "mending") return t("cover.mending");
  if (!kinds.includes("video")) return t("cover.voice", { name });
  const { other } = standing;
  if (other?.resting === true) return t("cover.resting", { name });
  if (other !== null && !other.camera && !other.screen) return t("cover.camera-off", { name });
  return null;
}

function SelfView({ devices, screen }: { devices: Devices; screen: CallHandle }): ReactElement {
  const { t } = useTranslation("rooms");
  return (
    <div className="hv-corner">
      <SelfPicture track={devices.tracks.video} />
      {screen.standing?.level === 0 ? <p className="hf-small">{t("self.resting")}</p> : null}
    </div>
  );
}

interface ControlsProps {
  place: Place;
  kinds: readonly Kind[];
  devices: Devices;
  handle: CallHandle;
  writing: boolean;
  onWriting: (() => void) | null;
  sheet: boolean;
  sheetNews: boolean;
  onSheet: () => void;
  onLeave: (first: () => void) => void;
}

function Controls(props: ControlsProps): ReactElement {
  const { place, kinds, devices, handle, writing, onWriting, sheet, sheetNews, onSheet, onLeave } = props;
  const { t } = useTranslation("rooms");
  const [screen, setScreen] = useState<MediaStreamTrack | null>(null);
  const { call, share } = handle;
  const cameraOn = devices.tracks.video !== null;

  const toggleMicrophone = async (): Promise<void> => {
    if (devices.tracks.audio === null) {
      await devices.start(["audio"]);
      return;
    }
    devices.microphone(!devices.microphoneOn);
    call.current?.state({ microphone: !devices.microphoneOn });
  };
  const toggleCamera = async (): Promise<void> => {
    await devices.camera(!cameraOn);
    writeReady(place.encounter, { camera: !cameraOn });
  };
  const stopScreen = (): void => {
    screen?.stop();
    setScreen(null);
    share(null);
  };
  const shareScreen = async (): Promise<void> => {
    if (screen !== null) {
      stopScreen();
      return;
    }
    const track = await openScreen();
    if (track === null) return;
    // The browser has a button of its own to stop it.
    track.onended = () => {
      setScreen(null);
      share(null);
    };
    setScreen(track);
    share(track);
  };
  const canShare = kinds.includes("video") && "getDisplayMedia" in (navigator.mediaDevices ?? {});
  return (
    <div className="hv-controls" role="toolbar" aria-label={t("room.controls")}>
      {kinds.includes("audio") ? (
        <Button
          variant={devices.microphoneOn ? "default" : "light"}
          aria-pressed={!devices.microphoneOn}
          leftSection={devices.microphoneOn ? <IconMicrophone size={20} aria-hidden /> : <IconMicrophoneOff size={20} aria-hidden />}
          onClick={() => void toggleMicrophone()}
        >
          {t(devices.microphoneOn ? "room.mute" : "room.unmute")}
        </Button>
      ) : null}
      {kinds.includes("video") ? (
        <Button
          variant={cameraOn ? "default" : "light"}
          aria-pressed={!cameraOn}
          leftSection={cameraOn ? <IconVideo size={20} aria-hidden /> : <IconVideoOff size={20} aria-hidden />}
          onClick={() => void toggleCamera()}
        >
          {t(cameraOn ? "room.camera-off" : "room.camera-on")}
        </Button>
      ) : null}
      {kinds.includes("video") ? <BlurButton track={devices.tracks.video} /> : null}
      {canShare ? (
        <Button
          variant={screen === null ? "default" : "light"}
          aria-pressed={screen !== null}
          leftSection={screen === null ? <IconScreenShare size={20} aria-hidden /> : <IconScreenShareOff size={20} aria-hidden />}
          onClick={() => void shareScreen()}
        >
          {t(screen === null ? "room.share" : "room.unshare")}
        </Button>
      ) : null}
      {onWriting === null ? null : (
        <Button variant="default" aria-expanded={writing} onClick={onWriting}>
          {t("room.write")}
        </Button>
      )}
      <Button
        variant="default"
        aria-expanded={sheet}
        leftSection={<IconClipboardText size={20} aria-hidden />}
        rightSection={sheetNews ? <span className="hv-dot" aria-hidden /> : null}
        onClick={onSheet}
      >
        {t("sheet.label")}
      </Button>
      <Button color="clay" leftSection={<IconPhoneX size={20} aria-hidden />} onClick={() => onLeave(stopScreen)}>
        {t("room.leave")}
      </Button>
    </div>
  );
}
