import { type ReactElement, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/format";

import type { Visit } from "./api";

const SECOND = 1000;

/** Hours only where there are some: "07:05", "1:02:10". */
export function clockWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / SECOND));
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours > 0 ? `${hours}:` : ""}${two(minutes)}:${two(seconds % 60)}`;
}

/** How long the session has gone on by the server's clock: the same on both sides and after a reload. */
export function Timer({ visit, skew }: { visit: Pick<Visit, "begun_at" | "ends_at">; skew: number }): ReactElement | null {
  const { t } = useTranslation("rooms");
  const format = useFormat();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), SECOND);
    return () => clearInterval(timer);
  }, []);
  if (visit.begun_at === null) return null;
  return (
    <p className="hf-soft hf-small hv-timer">
      <span role="timer" data-testid="timer">
        {clockWords(now + skew - Date.parse(visit.begun_at))}
      </span>
      {visit.ends_at === null ? null : ` · ${t("room.until", { at: format.time(visit.ends_at) })}`}
    </p>
  );
}
