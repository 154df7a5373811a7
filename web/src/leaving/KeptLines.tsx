import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/format";

import type { Departure } from "./reference";

/** What a practice keeps by law of somebody who left, until when, and under which number. */
export function KeptLines({ kept }: { kept: Departure["kept"] }): ReactElement {
  const { t } = useTranslation("leaving");
  const format = useFormat();
  return (
    <>
      {kept.map((one) => (
        <div key={one.record} data-testid="kept">
          <p>
            {one.erased_at === null
              ? t("receipt.kept", { practice: one.practice, until: format.day(one.until) })
              : t("receipt.kept-gone", {
                  practice: one.practice,
                  at: format.dateTime(one.erased_at),
                })}
          </p>
          {one.erased_at === null ? (
            <p className="hf-soft hf-small">
              {one.basis === "" ? null : `${one.basis}. `}
              {t("receipt.record", { record: one.record })}
            </p>
          ) : null}
        </div>
      ))}
    </>
  );
}
