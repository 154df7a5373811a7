import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useNow } from "@/clinician/useNow";
import { ConfirmDialog, Panel } from "@/design";
import { useFormat } from "@/format";

import type { Moves, Seen, Step } from "./api";
import { SelfPicture } from "./Picture";
import type { Devices } from "./useDevices";
import { VisitProblem } from "./VisitProblem";

interface Props {
  room: Seen;
  devices: Devices;
  moves: Moves;
  onLeave: () => Promise<void>;
}

/** The clinician's side of the waiting room: who is there, and the one button that lets them in. */
export function Lobby({ room, devices, moves, onLeave }: Props): ReactElement {
  const { t } = useTranslation("rooms");
  const format = useFormat();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState<Step | null>(null);
  const [error, setError] = useState<unknown>(null);
  const { client_arrived_at: came, client_left_at: gone } = room.visit;
  const { name } = room.other;
  const late = useNow() + room.skew >= Date.parse(room.visit.starts_at);
  const step = async (what: Step): Promise<void> => {
    setBusy(what);
    setError(null);
    try {
      await moves.step(what);
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(null);
      setAsking(false);
    }
  };
  return (
    <div className="hv-narrow hf-stack" data-testid="lobby">
      <Panel title={t("lobby.title")}>
        <p role="status">
          {came === null ? t("lobby.nobody", { name }) : null}
          {came !== null && gone === null ? t("lobby.waits", { name, at: format.time(came) }) : null}
          {came !== null && gone !== null
            ? t("lobby.left", { name, at: format.time(came), left: format.time(gone) })
            : null}
        </p>
        <p className="hf-soft hf-small">{t("lobby.one", { at: format.soon(room.visit.starts_at) })}</p>
        <div className="hf-buttons">
          <Button
            size="md"
            disabled={came === null}
            loading={busy === "admit"}
            onClick={() => void step("admit")}
          >
            {t("lobby.admit", { name })}
          </Button>
          <Button variant="default" disabled={!late} onClick={() => setAsking(true)}>
            {t("lobby.no-show")}
          </Button>
          <Button variant="subtle" onClick={() => void onLeave()}>
            {t("lobby.leave")}
          </Button>
        </div>
        {error === null ? null : <VisitProblem error={error} />}
      </Panel>
      {devices.tracks.video === null ? null : (
        <div className="hv-check-picture" data-small="yes">
          <SelfPicture track={devices.tracks.video} />
        </div>
      )}
      <ConfirmDialog
        opened={asking}
        title={t("lobby.no-show-title", { name })}
        confirm={t("lobby.no-show")}
        busy={busy === "no-show"}
        onConfirm={() => void step("no-show")}
        onClose={() => setAsking(false)}
      >
        <p>{t("lobby.no-show-text")}</p>
      </ConfirmDialog>
    </div>
  );
}
