import type { ReactElement } from "react";

import { useActive } from "@/api/session";

import { useMonitoredHours } from "./api";
import { monitoredState } from "./hours";
import { useClinicWords } from "./language";
import { useNow } from "./useNow";

/** One sentence: whether the practice's monitored hours hold now, and until or from when. */
export function MonitoredLine(): ReactElement | null {
  const { t, moment } = useClinicWords();
  const { practice } = useActive();
  const hours = useMonitoredHours();
  const now = useNow();
  if (hours.data === undefined) return null;
  const state = monitoredState(hours.data, practice.time_zone, now);
  if (state.open) return <p className="hf-soft">{t("monitored.until", { moment: moment(state.until) })}</p>;
  return (
    <p className="hf-soft">
      {state.opens === null ? t("monitored.never") : t("monitored.from", { moment: moment(state.opens) })}
    </p>
  );
}
