import { Button } from "@mantine/core";
import {
  IconHeadphones,
  IconMicrophone,
  IconMicrophoneOff,
  IconPhoneX,
  IconScreenShare,
  IconScreenShareOff,
  IconVideo,
  IconVideoOff,
} from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { BlurButton } from "../BlurButton";
import type { Kind } from "../link";
import type { Devices } from "../useDevices";
import type { SeenGroup } from "./api";
import { writeReady } from "./device";
import { nameOf } from "./names";
import type { GroupHandle } from "./useGroup";

interface Props {
  room: SeenGroup;
  kinds: readonly Kind[];
  devices: Devices;
  group: GroupHandle;
  name: string;
  onLeave: () => Promise<void>;
}

/** What a hand needs in a group, always in reach: on a phone it stays above the edge of the screen. */
export function GroupControls({ room, kinds, devices, group, name, onLeave }: Props): ReactElement {
  const { t } = useTranslation("groupRoom");
  const rooms = useTranslation("rooms").t;
  const cameraOn = devices.tracks.video !== null;
  const { soundOnly, setSoundOnly, shown } = group;
  const called = (account: string): string => nameOf(account, room, group, t("somebody"));
  const toggleMicrophone = async (): Promise<void> => {
    if (devices.tracks.audio === null) await devices.start(["audio"]);
    else devices.microphone(!devices.microphoneOn);
  };
  const toggleCamera = async (): Promise<void> => {
    await devices.camera(!cameraOn);
    writeReady(room.id, { camera: !cameraOn, name });
  };
  const words = (): string | null => {
    if (shown !== null && shown !== room.own.account) return t("screen.taken", { name: called(shown) });
    return group.yielded === null ? null : t("screen.yielded", { name: called(group.yielded) });
  };
  const why = kinds.includes("video") && canShare() ? words() : null;
  return (
    <div className="hv-bar">
      {why === null ? null : (
        <p className="hf-small" role="status" id="screen-why">
          {why}
        </p>
      )}
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
            <BlurButton track={devices.tracks.video} />
            <ScreenButton room={room} group={group} why={why} />
            <Button
              variant={soundOnly ? "light" : "default"}
              aria-pressed={soundOnly}
              leftSection={<IconHeadphones size={20} aria-hidden />}
              onClick={() => setSoundOnly(!soundOnly)}
            >
              {t("room.sound-only")}
            </Button>
          </>
        ) : null}
        <Button color="clay" leftSection={<IconPhoneX size={20} aria-hidden />} onClick={() => void onLeave()}>
          {t("room.leave")}
        </Button>
      </div>
    </div>
  );
}

/** No phone's browser can. */
const canShare = (): boolean => "getDisplayMedia" in (navigator.mediaDevices ?? {});

/** One screen at a time: whoever would show another waits until it is over. */
function ScreenButton({ room, group, why }: Pick<Props, "room" | "group"> & { why: string | null }): ReactElement | null {
  const rooms = useTranslation("rooms").t;
  if (!canShare()) return null;
  const { shown, soundOnly } = group;
  const mine = shown !== null && shown === room.own.account;
  return (
    <Button
      variant={mine ? "light" : "default"}
      aria-pressed={mine}
      aria-describedby={why === null ? undefined : "screen-why"}
      disabled={soundOnly || (shown !== null && !mine)}
      leftSection={mine ? <IconScreenShareOff size={20} aria-hidden /> : <IconScreenShare size={20} aria-hidden />}
      onClick={() => (mine ? group.unshare() : void group.share())}
    >
      {rooms(mine ? "room.unshare" : "room.share")}
    </Button>
  );
}
