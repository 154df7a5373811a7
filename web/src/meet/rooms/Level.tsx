import { type ReactElement, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { listen } from "./devices";

/** How loud the microphone hears. Written straight into the page: ten times a second. */
export function Level({ track }: { track: MediaStreamTrack }): ReactElement {
  const { t } = useTranslation("rooms");
  const meter = useRef<HTMLMeterElement>(null);
  useEffect(
    () =>
      listen(track, (level) => {
        if (meter.current !== null) meter.current.value = level;
      }),
    [track],
  );
  return (
    <meter ref={meter} className="hv-level" min={0} max={1} aria-label={t("check.level")} data-testid="level" />
  );
}
