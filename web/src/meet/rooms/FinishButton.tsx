import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog } from "@/design";

import type { Moves, Seen } from "./api";
import { VisitProblem } from "./VisitProblem";

/** The visit is over: said by the clinician, and asked once more. */
export function FinishButton({ room, moves }: { room: Seen; moves: Moves }): ReactElement {
  const { t } = useTranslation("rooms");
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const finish = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await moves.step("finish");
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(false);
      setAsking(false);
    }
  };
  return (
    <>
      <Button variant="outline" onClick={() => setAsking(true)}>
        {t("finish.do")}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t("finish.title")}
        confirm={t("finish.yes")}
        busy={busy}
        onConfirm={() => void finish()}
        onClose={() => setAsking(false)}
      >
        <p>{t("finish.text", { name: room.other.name })}</p>
      </ConfirmDialog>
      {error === null ? null : <VisitProblem error={error} />}
    </>
  );
}
