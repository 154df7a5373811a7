import { Button } from "@mantine/core";
import { IconMicrophone, IconMicrophoneOff, IconPhone, IconPhoneX } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { Panel } from "@/design";

import type { Moves, Seen } from "./api";
import { FinishButton } from "./FinishButton";
import { RemotePicture } from "./Picture";
import { Timer } from "./Timer";
import type { Devices } from "./useDevices";
import type { Phone } from "./usePhone";
import { VisitProblem } from "./VisitProblem";

interface Props {
  room: Seen;
  phone: Phone;
}

/** The one button that has the person's phone rung, or why there is none. */
export function PhonePanel({ room, phone: { reachable, standing, error, call } }: Props): ReactElement | null {
  const { t } = useTranslation("rooms");
  const { data } = reachable;
  if (data === undefined) return null;
  const { name } = room.other;
  const again = standing !== null || room.visit.begun_at !== null;
  return (
    <div className="hv-narrow">
      <Panel title={t("by-phone.title")} testId="phone">
        {standing?.end == null ? null : <p role="status">{t(`by-phone.end.${standing.end}`, { name })}</p>}
        {data.why === null ? (
          <>
            <p className="hf-soft hf-small">{t("by-phone.plain", { ending: data.ending })}</p>
            <div className="hf-buttons">
              <Button leftSection={<IconPhone size={20} aria-hidden />} onClick={() => void call()}>
                {t(again ? "by-phone.again" : "by-phone.call", { name })}
              </Button>
            </div>
          </>
        ) : (
          <p>{t(`by-phone.why.${data.why}`, { name })}</p>
        )}
        {error === null ? null : <VisitProblem error={error} />}
      </Panel>
    </div>
  );
}

interface LineProps extends Props {
  devices: Devices;
  moves: Moves;
}

/** While it rings and while they talk. */
export function PhoneLine({ room, phone, devices, moves }: LineProps): ReactElement {
  const { t } = useTranslation("rooms");
  const { name } = room.other;
  const phase = phone.standing?.phase ?? "calling";
  const words = t(`by-phone.phase.${phase}`, { name });
  return (
    <div className="hv-main" data-testid="phone-line" data-phase={phase}>
      <div className="hf-row">
        <p role="status" className="hv-status">
          {words}
        </p>
        <Timer visit={room.visit} skew={room.skew} />
      </div>
      <div className="hv-stage">
        <RemotePicture stream={phone.standing?.stream ?? null} name={name} words={words} />
      </div>
      <div className="hv-controls" role="toolbar" aria-label={t("room.controls")}>
        <Button
          variant={devices.microphoneOn ? "default" : "light"}
          aria-pressed={!devices.microphoneOn}
          leftSection={
            devices.microphoneOn ? <IconMicrophone size={20} aria-hidden /> : <IconMicrophoneOff size={20} aria-hidden />
          }
          onClick={() => devices.microphone(!devices.microphoneOn)}
        >
          {t(devices.microphoneOn ? "room.mute" : "room.unmute")}
        </Button>
        <Button color="clay" leftSection={<IconPhoneX size={20} aria-hidden />} onClick={phone.hangUp}>
          {t("room.leave")}
        </Button>
      </div>
      <p className="hf-soft hf-small">{t("by-phone.not-sealed")}</p>
      {room.visit.begun_at === null ? null : (
        <div className="hf-buttons">
          <FinishButton room={room} moves={moves} />
        </div>
      )}
    </div>
  );
}
