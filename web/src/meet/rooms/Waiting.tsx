import { Button } from "@mantine/core";
import { type ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/format";

import type { Seen } from "./api";
import { Phone } from "./DeviceCheck";
import { Level } from "./Level";
import { SelfPicture } from "./Picture";
import type { Devices } from "./useDevices";

interface Props {
  room: Seen;
  devices: Devices;
  onLeave: () => Promise<void>;
}

/** The person has come: who lets them in, when, and how to go again. */
export function Waiting({ room, devices, onLeave }: Props): ReactElement {
  const { t } = useTranslation("rooms");
  const format = useFormat();
  const { name } = room.other;
  const there = room.visit.clinician_arrived_at !== null && room.visit.clinician_left_at === null;
  return (
    <div className="hv-narrow hv-waiting hf-stack" data-testid="waiting-room">
      <p className="hv-calm" role="status">
        {t("waiting.in", { name })}
      </p>
      <p className="hf-soft">
        {t("waiting.when", { at: format.soon(room.visit.starts_at) })}{" "}
        {there ? t("waiting.there", { name }) : t("waiting.stay")}
      </p>
      {devices.tracks.video === null ? null : (
        <div className="hv-check-picture" data-small="yes">
          <SelfPicture track={devices.tracks.video} />
        </div>
      )}
      {devices.tracks.audio === null ? null : <Level track={devices.tracks.audio} />}
      <p className="hf-soft hf-small">{t("waiting.private", { name })}</p>
      <div className="hf-buttons">
        <Button variant="default" onClick={() => void onLeave()}>
          {t("waiting.leave")}
        </Button>
      </div>
      <Phone room={room} />
    </div>
  );
}
