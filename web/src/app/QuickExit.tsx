import { Button } from "@mantine/core";
import { IconDoorExit } from "@tabler/icons-react";
import { type ReactElement, useEffect } from "react";
import { useTranslation } from "react-i18next";

import { exitTarget } from "./settings";

/** Leaves at once: the screen goes blank first, because the next page may take a moment to come. */
export function leaveNow(): void {
  document.documentElement.style.visibility = "hidden";
  document.title = "";
  window.location.replace(exitTarget());
}

const PRESSES = 3;
const WITHIN_MS = 1500;

/** Three presses of Escape leave as well, for a hand that is on the keyboard. */
function useTripleEscape(): void {
  useEffect(() => {
    let presses: number[] = [];
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") {
        presses = [];
        return;
      }
      const now = performance.now();
      presses = [...presses.filter((at) => now - at < WITHIN_MS), now];
      if (presses.length >= PRESSES) leaveNow();
    };
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, []);
}

export function QuickExit(): ReactElement {
  const { t } = useTranslation("common");
  useTripleEscape();
  return (
    <Button
      variant="default"
      data-testid="quick-exit"
      className="hf-quick-exit"
      leftSection={<IconDoorExit size={20} aria-hidden className="hf-flip" />}
      title={t("exit.hint")}
      onClick={leaveNow}
    >
      {t("exit.label")}
    </Button>
  );
}
