import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import type { Monitored } from "@/api/types";
import { Notice } from "@/design";
import { useFormat } from "@/format";
import { type Own, useToday } from "@/person/data";

/** Says whether somebody is looking at answers at this hour, and when somebody will. */
export function MonitoredNotice(own: Own): ReactElement | null {
  const today = useToday(own);
  return today.data === undefined ? null : <MonitoredText monitored={today.data.monitored} />;
}

export function MonitoredText({ monitored }: { monitored: Monitored }): ReactElement {
  const { t } = useTranslation("safety");
  const format = useFormat();
  if (monitored.now) {
    return (
      <Notice title={t("monitored.now")}>
        <p>
          {monitored.closes_at === null
            ? t("monitored.now-text")
            : t("monitored.until", { time: format.soon(monitored.closes_at) })}
        </p>
      </Notice>
    );
  }
  return (
    <Notice tone="attention" title={t("monitored.not-now")}>
      <p>
        {monitored.opens_at === null
          ? t("monitored.unknown")
          : t("monitored.opens", { time: format.soon(monitored.opens_at) })}{" "}
        {t("monitored.emergency")}
      </p>
    </Notice>
  );
}
