import { useBlocker } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog } from "@/design";

import type { WorksheetHandle } from "./useWorksheet";

/** What to do once nothing is lost by it. */
export type Leaving = (leave: () => void) => void;

/**
 * Asks once before an unkept worksheet is left. The quick way out asks nothing: it has to lead away at
 * once (so nothing here listens to `beforeunload`).
 */
export function useGuard({ unkept, letGo }: WorksheetHandle): { leaving: Leaving; question: ReactElement | null } {
  const [wanted, setWanted] = useState<{ leave: () => void } | null>(null);
  const blocked = useBlocker({ shouldBlockFn: () => unkept, enableBeforeUnload: false, withResolver: true });
  const leaving: Leaving = (leave) => {
    if (unkept) setWanted({ leave });
    else leave();
  };
  const answered = (yes: boolean): void => {
    setWanted(null);
    if (yes) letGo();
    if (blocked.status === "blocked") {
      if (yes) blocked.proceed();
      else blocked.reset();
    } else if (yes) wanted?.leave();
  };
  const asks = wanted !== null || blocked.status === "blocked";
  return { leaving, question: asks ? <Question answered={answered} /> : null };
}

function Question({ answered }: { answered: (yes: boolean) => void }): ReactElement {
  const { t } = useTranslation("worksheet");
  return (
    <ConfirmDialog
      opened
      title={t("leave.title")}
      confirm={t("leave.yes")}
      onConfirm={() => answered(true)}
      onClose={() => answered(false)}
    >
      <p>{t("leave.text")}</p>
    </ConfirmDialog>
  );
}
