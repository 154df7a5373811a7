import { Button } from "@mantine/core";
import { type ReactElement, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { Panel } from "@/design";

import type { Exercise as Given } from "./talk";

type Phase = "in" | "hold" | "out";

/** Where in a breath somebody is after so many seconds. */
export function phaseAt(
  seconds: number,
  breath: NonNullable<Given["breathe"]>,
): { phase: Phase; left: number; share: number } {
  const parts: [Phase, number][] = [
    ["in", breath.in],
    ["hold", breath.hold],
    ["out", breath.out],
  ];
  let at = seconds % (breath.in + breath.hold + breath.out);
  for (const [phase, length] of parts) {
    if (at < length) return { phase, left: Math.ceil(length - at), share: at / length };
    at -= length;
  }
  return { phase: "in", left: Math.ceil(breath.in), share: 0 };
}

const TICK_MS = 200;

/** Paces a breath, or counts minutes, while the question stands. Nothing has to be pressed. */
export function Exercise({ exercise }: { exercise: Given }): ReactElement | null {
  const { t } = useTranslation("companion");
  const [begun, setBegun] = useState<number | null>(null);
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (begun === null) return undefined;
    const timer = setInterval(() => setNow(performance.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [begun]);
  const { breathe, waitMinutes } = exercise;
  const minutes = breathe?.minutes ?? waitMinutes;
  if (minutes === undefined) return null;
  const seconds = begun === null ? 0 : Math.max(0, (now - begun) / 1000);
  const left = Math.max(0, Math.ceil(minutes * 60 - seconds));
  const over = begun !== null && left === 0;
  const start = (): void => {
    const at = performance.now();
    setNow(at);
    setBegun(at);
  };
  return (
    <Panel title={t(breathe === undefined ? "exercise.wait" : "exercise.breathe")} tone="calm" testId="exercise">
      {begun === null || over ? (
        <>
          {over ? <p role="status">{t("exercise.over")}</p> : null}
          <div>
            <Button variant="default" onClick={start}>
              {t(over ? "exercise.again" : "exercise.begin", { count: Math.ceil(minutes) })}
            </Button>
          </div>
        </>
      ) : (
        <>
          {breathe === undefined ? null : <Breath seconds={seconds} breath={breathe} />}
          <p className="hf-soft hf-talk-count">{t("exercise.left", { time: clockOf(left) })}</p>
          <div>
            <Button variant="default" onClick={() => setBegun(null)}>
              {t("exercise.stop")}
            </Button>
          </div>
        </>
      )}
    </Panel>
  );
}

const clockOf = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

function Breath({
  seconds,
  breath,
}: {
  seconds: number;
  breath: NonNullable<Given["breathe"]>;
}): ReactElement {
  const { t } = useTranslation("companion");
  const { phase, left, share } = phaseAt(seconds, breath);
  const size = phase === "hold" ? 1 : phase === "in" ? 0.55 + 0.45 * share : 1 - 0.45 * share;
  return (
    <div className="hf-breath" data-phase={phase}>
      <div className="hf-breath-circle" aria-hidden style={{ transform: `scale(${size.toFixed(3)})` }} />
      <p className="hf-breath-word">
        <span aria-live="polite">{t(`exercise.${phase}`)}</span> <span aria-hidden>{left}</span>
      </p>
    </div>
  );
}
