import { Button } from "@mantine/core";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useNow } from "@/clinician/useNow";
import { Notice, Panel } from "@/design";
import { useFormat } from "@/format";

import type { DeviceChecks, Moves, Seen } from "./api";
import { chime, type Outcome, tryRelay } from "./devices";
import { Level } from "./Level";
import type { Kind } from "./link";
import { OwnKeysStep } from "./OwnKeysStep";
import { SelfPicture } from "./Picture";
import type { Devices } from "./useDevices";
import { VisitProblem } from "./VisitProblem";

interface Props {
  room: Seen;
  kinds: readonly Kind[];
  devices: Devices;
  moves: Moves;
  onReady: () => Promise<void>;
}

/** Before the waiting room: do camera, microphone, speaker and relay work, and what to do if not. */
export function DeviceCheck({ room, kinds, devices, moves, onReady }: Props): ReactElement {
  const { t } = useTranslation("rooms");
  const format = useFormat();
  const [speaker, setSpeaker] = useState<Outcome>("skipped");
  const [asked, setAsked] = useState(false);
  const [relay, setRelay] = useState<Outcome | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { start } = devices;
  const wanted = useRef(kinds);
  useEffect(() => void start(wanted.current), [start]);
  const servers = useRef(room.ice_servers);
  useEffect(() => void tryRelay(servers.current).then(setRelay), []);

  const now = useNow();
  const early = room.side === "client" && now + room.skew < Date.parse(room.opens_at);
  const { audio, video } = devices.outcomes;
  const has = (kind: Kind): boolean => kinds.includes(kind);
  const ready = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    const checks: DeviceChecks = {
      camera: has("video") ? (video ?? "skipped") : "skipped",
      microphone: has("audio") ? (audio ?? "skipped") : "skipped",
      speaker,
      relay: relay ?? "skipped",
    };
    try {
      // That it is written down is no condition for coming in.
      await moves.checks(checks).catch(() => undefined);
      await onReady();
    } catch (failed) {
      setError(failed);
      setBusy(false);
    }
  };
  return (
    <div className="hv-narrow hf-stack">
      <p className="hf-lead">
        {t("check.when", { at: format.soon(room.visit.starts_at), name: room.other.name })}
      </p>
      {has("video") ? (
        <div className="hv-check-picture">
          <SelfPicture track={devices.tracks.video} />
        </div>
      ) : null}
      <Panel title={kinds.length === 0 ? t("check.title-text") : t("check.title")}>
        <ul className="hf-plain-list hv-checks">
          {has("video") ? (
            <Row name={t("check.camera")} outcome={video}>
              <Button
                size="sm"
                variant="default"
                onClick={() => void devices.camera(devices.tracks.video === null)}
              >
                {devices.tracks.video === null ? t("check.camera-on") : t("check.camera-off")}
              </Button>
            </Row>
          ) : null}
          {has("audio") ? (
            <Row name={t("check.microphone")} outcome={audio}>
              {devices.tracks.audio === null ? (
                <Button size="sm" variant="default" onClick={() => void devices.start(["audio"])}>
                  {t("check.again")}
                </Button>
              ) : (
                <Level track={devices.tracks.audio} />
              )}
            </Row>
          ) : null}
          {has("audio") ? (
            <Row name={t("check.speaker")} outcome={speaker === "skipped" ? null : speaker}>
              <span className="hf-buttons">
                <Button size="sm" variant="default" onClick={() => void chime().then(() => setAsked(true))}>
                  {t("check.play")}
                </Button>
                {asked ? (
                  <>
                    <Button size="sm" variant="default" onClick={() => setSpeaker("ok")}>
                      {t("check.heard")}
                    </Button>
                    <Button size="sm" variant="subtle" onClick={() => setSpeaker("failed")}>
                      {t("check.not-heard")}
                    </Button>
                  </>
                ) : null}
              </span>
            </Row>
          ) : null}
          <Row name={t("check.relay")} outcome={relay === "skipped" ? "ok" : relay} />
        </ul>
        {has("video") ? <p className="hf-soft hf-small">{t("check.sound-only")}</p> : null}
        {kinds.length === 0 ? <p className="hf-soft">{t("text.kept")}</p> : null}
      </Panel>
      <OwnKeysStep own={room.own} lead={t("keys.lead", { name: room.other.name })} />
      {early ? (
        <Notice tone="calm">
          <p>{t("check.early", { at: format.soon(room.opens_at) })}</p>
        </Notice>
      ) : null}
      {error === null ? null : <VisitProblem error={error} />}
      <div className="hf-buttons">
        <Button size="lg" loading={busy} disabled={early} onClick={() => void ready()}>
          {t(room.side === "client" ? "check.ready" : "check.ready-clinician")}
        </Button>
      </div>
      <Phone room={room} />
    </div>
  );
}

interface RowProps {
  name: string;
  outcome: Outcome | null;
  children?: ReactElement;
}

function Row({ name, outcome, children }: RowProps): ReactElement {
  const { t } = useTranslation("rooms");
  return (
    <li className="hf-row">
      <span>
        <strong>{name}</strong>{" "}
        <span className="hf-soft" role="status">
          {outcome === null || outcome === "skipped" ? "" : t(`outcome.${outcome}`)}
        </span>
        {outcome === null || outcome === "ok" || outcome === "skipped" ? null : (
          <span className="hf-soft hf-small hv-block">{t(`outcome-help.${outcome}`)}</span>
        )}
      </span>
      {children}
    </li>
  );
}

/** What helps when nothing here does. */
export function Phone({ room }: { room: Seen }): ReactElement | null {
  const { t } = useTranslation("rooms");
  if (room.side === "clinician") return null;
  return (
    <p className="hf-soft hf-small">
      {room.phone === "" ? t("phone.none", { name: room.other.name }) : t("phone.call")}{" "}
      {room.phone === "" ? null : (
        <a href={`tel:${room.phone.replaceAll(/[^+\d]/g, "")}`} dir="ltr">
          {room.phone}
        </a>
      )}
    </p>
  );
}
