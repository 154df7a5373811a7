import { Button, TextInput } from "@mantine/core";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useNow } from "@/clinician/useNow";
import { Notice, Panel } from "@/design";
import { useFormat } from "@/format";
import type { WireEntry } from "@/vault/engine/wire";

import { BlurButton } from "../BlurButton";
import { Level } from "../Level";
import type { Kind } from "../link";
import { OwnKeysStep } from "../OwnKeysStep";
import { SelfPicture } from "../Picture";
import type { Devices } from "../useDevices";
import type { GroupMoves, SeenGroup } from "./api";
import { GroupProblem } from "./GroupProblem";
import { LONGEST_NAME } from "./wire";

interface Props {
  room: SeenGroup;
  own: { account: string; keys: readonly WireEntry[] };
  kinds: readonly Kind[];
  devices: Devices;
  moves: GroupMoves;
  name: string;
  onName: (name: string) => void;
  onReady: () => Promise<void>;
}

/** Before the waiting room: what one is called here, and whether camera and sound work. */
export function GroupDoor({ room, own, kinds, devices, moves, name, onName, onReady }: Props): ReactElement {
  const { t } = useTranslation("groupRoom");
  const rooms = useTranslation("rooms").t;
  const format = useFormat();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { start, tracks, outcomes } = devices;
  const wanted = useRef(kinds);
  useEffect(() => void start(wanted.current), [start]);
  const now = useNow();
  const early = room.role === "member" && now + room.skew < Date.parse(room.opens_at);
  const video = kinds.includes("video");
  const ready = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await moves
        .checks({
          camera: video ? (outcomes.video ?? "skipped") : "skipped",
          microphone: outcomes.audio ?? "skipped",
          speaker: "skipped",
          relay: "skipped",
        })
        // That it is written down is no condition for coming in.
        .catch(() => undefined);
      await onReady();
    } catch (failed) {
      setError(failed);
      setBusy(false);
    }
  };
  return (
    <div className="hv-narrow hf-stack" data-testid="group-door">
      <p className="hf-lead">{t("door.when", { at: format.soon(room.starts_at) })}</p>
      <TextInput
        label={t("door.name")}
        description={t(room.role === "member" ? "door.name-help" : "door.name-help-host")}
        value={name}
        maxLength={LONGEST_NAME}
        dir="auto"
        required
        autoComplete="off"
        onChange={(event) => onName(event.currentTarget.value)}
      />
      {video ? (
        <div className="hv-check-picture">
          <SelfPicture track={tracks.video} />
        </div>
      ) : null}
      <Panel title={rooms("check.title")}>
        <ul className="hf-plain-list hv-checks">
          {video ? (
            <li className="hf-row">
              <span>
                <strong>{rooms("check.camera")}</strong>{" "}
                <span className="hf-soft" role="status">
                  {outcomes.video === null || outcomes.video === "skipped" ? "" : rooms(`outcome.${outcomes.video}`)}
                </span>
              </span>
              <span className="hf-buttons">
                <BlurButton track={tracks.video} />
                <Button size="sm" variant="default" onClick={() => void devices.camera(tracks.video === null)}>
                  {rooms(tracks.video === null ? "check.camera-on" : "check.camera-off")}
                </Button>
              </span>
            </li>
          ) : null}
          <li className="hf-row">
            <span>
              <strong>{rooms("check.microphone")}</strong>{" "}
              <span className="hf-soft" role="status">
                {outcomes.audio === null || outcomes.audio === "skipped" ? "" : rooms(`outcome.${outcomes.audio}`)}
              </span>
            </span>
            {tracks.audio === null ? (
              <Button size="sm" variant="default" onClick={() => void start(["audio"])}>
                {rooms("check.again")}
              </Button>
            ) : (
              <Level track={tracks.audio} />
            )}
          </li>
        </ul>
        {video ? <p className="hf-soft hf-small">{rooms("check.sound-only")}</p> : null}
      </Panel>
      <OwnKeysStep own={own} lead={t("door.keys")} />
      {own.keys.length === 0 ? (
        <Notice tone="calm">
          <p>{t("door.no-keys")}</p>
        </Notice>
      ) : null}
      {early ? (
        <Notice tone="calm">
          <p>{rooms("check.early", { at: format.soon(room.opens_at) })}</p>
        </Notice>
      ) : null}
      {error === null ? null : <GroupProblem error={error} />}
      <div className="hf-buttons">
        <Button size="lg" loading={busy} disabled={early || name.trim() === ""} onClick={() => void ready()}>
          {rooms(room.role === "member" ? "check.ready" : "check.ready-clinician")}
        </Button>
      </div>
    </div>
  );
}
