import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { Panel } from "@/design";
import { useFormat } from "@/format";

import { Level } from "../Level";
import { SelfPicture } from "../Picture";
import type { Devices } from "../useDevices";
import type { SeenGroup } from "./api";

interface Props {
  room: SeenGroup;
  devices: Devices;
  onLeave: () => Promise<void>;
}

/** The person has come: who lets them in, and how to go again. Nobody sees them yet. */
export function GroupWaiting({ room, devices, onLeave }: Props): ReactElement {
  const { t } = useTranslation("groupRoom");
  const rooms = useTranslation("rooms").t;
  const format = useFormat();
  const name = room.hosts[0]?.name ?? "";
  return (
    <div className="hv-narrow hv-waiting hf-stack" data-testid="waiting-room">
      <p className="hv-calm" role="status">
        {rooms("waiting.in", { name })}
      </p>
      <p className="hf-soft">
        {t("waiting.when", { at: format.soon(room.starts_at) })} {rooms("waiting.stay")}
      </p>
      {devices.tracks.video === null ? null : (
        <div className="hv-check-picture" data-small="yes">
          <SelfPicture track={devices.tracks.video} />
        </div>
      )}
      {devices.tracks.audio === null ? null : <Level track={devices.tracks.audio} />}
      <p className="hf-soft hf-small">{t("waiting.private")}</p>
      <div className="hf-buttons">
        <Button variant="default" onClick={() => void onLeave()}>
          {rooms("waiting.leave")}
        </Button>
      </div>
    </div>
  );
}

/** The group is over for whoever is at this device. */
export function GroupOver({ room }: { room: SeenGroup }): ReactElement {
  const { t } = useTranslation("groupRoom");
  const status = room.visit?.status ?? "finished";
  const how = status === "no_show" || status === "cancelled" ? status : "finished";
  return (
    <Panel title={t(`over.${how}`)} testId="group-over">
      <p>{t(room.role === "member" ? `over.${how}-text` : "over.host-text")}</p>
      <div className="hf-buttons">
        <Button component={Link} to={room.role === "member" ? "/today" : "/agenda"} variant="default">
          {t(room.role === "member" ? "over.today" : "over.agenda")}
        </Button>
      </div>
    </Panel>
  );
}
