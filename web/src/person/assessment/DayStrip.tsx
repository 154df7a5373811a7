import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import "./assessment.css";

export type Day = "reported" | "below" | "passed" | "not-asked";

/** Day by day, by shape as well as by colour; in words for whoever does not see it. */
export function DayStrip({ days, reported, answered }: { days: readonly Day[]; reported: number; answered: number }): ReactElement {
  const { t } = useTranslation("assessment");
  return (
    <span className="hf-days" role="img" aria-label={t("of-days", { n: reported, of: answered })}>
      {days.map((day, index) => (
        // The days of one assessment never change their order.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={index} data-day={day} />
      ))}
    </span>
  );
}

/** What the signs mean. */
export function DayLegend(): ReactElement {
  const { t } = useTranslation("assessment");
  return (
    <ul className="hf-days-legend" aria-hidden>
      {(["reported", "below", "passed", "not-asked"] as const).map((day) => (
        <li key={day}>
          <span className="hf-days">
            <span data-day={day} />
          </span>
          {t(`day.${day}`)}
        </li>
      ))}
    </ul>
  );
}
