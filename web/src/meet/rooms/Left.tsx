import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { Panel } from "@/design";

import type { Moves, Seen } from "./api";
import { FinishButton } from "./FinishButton";
import { VisitProblem } from "./VisitProblem";

interface Props {
  room: Seen;
  moves: Moves;
  onBack: () => Promise<void>;
}

/** Hung up, and the visit goes on: the way back is the first thing here. */
export function Left({ room, moves, onBack }: Props): ReactElement {
  const { t } = useTranslation("rooms");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const back = async (): Promise<void> => {
    setBusy(true);
    try {
      await onBack();
    } catch (failed) {
      setError(failed);
      setBusy(false);
    }
  };
  return (
    <div className="hv-narrow hf-stack" data-testid="left">
      <Panel title={t("left.title")}>
        <p>{t(room.side === "client" ? "left.text" : "left.text-clinician")}</p>
        <div className="hf-buttons">
          <Button size="lg" loading={busy} onClick={() => void back()}>
            {t("left.back")}
          </Button>
          {room.side === "clinician" ? <FinishButton room={room} moves={moves} /> : null}
        </div>
        {error === null ? null : <VisitProblem error={error} />}
      </Panel>
    </div>
  );
}
