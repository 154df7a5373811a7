import type { ReactElement } from "react";

import { DataTable, Query } from "@/design";

import { useFlagStatistics } from "./api";
import { useClinicWords } from "./language";
import type { Statistics } from "./types";

/** How many flags come per clinician and week, for whoever answers for the practice's work. */
export function FlagStatistics(): ReactElement {
  const statistics = useFlagStatistics();
  return <Query query={statistics}>{(data) => <Tables data={data} />}</Query>;
}

function Tables({ data }: { readonly data: Statistics }): ReactElement {
  const { t, date, number } = useClinicWords();
  const most = Math.max(1, ...data.weeks.map((week) => week.flags));
  return (
    <>
      <p className="hf-soft">{t("statistics.lead")}</p>
      <div className="hf-table-scroll">
        <table className="hf-table">
          <caption>{t("statistics.weeks")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("statistics.week")}</th>
              <th scope="col">{t("statistics.flags")}</th>
              <th scope="col" data-align="end">{t("statistics.perClinician")}</th>
            </tr>
          </thead>
          <tbody>
            {data.weeks.toReversed().map((week) => (
              <tr key={week.starts_on}>
                <th scope="row">{date(week.starts_on)}</th>
                <td>
                  <svg width="120" height="12" aria-hidden="true" className="hf-flip">
                    <rect fill="var(--hf-sunken)" width="120" height="12" rx="2" />
                    <rect fill="var(--hf-chart-1)" width={(120 * week.flags) / most} height="12" rx="2" />
                  </svg>{" "}
                  {number(week.flags)}
                </td>
                <td data-align="end">{week.per_clinician === null ? "–" : number(week.per_clinician)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <DataTable
        caption={t("statistics.clinicians")}
        rows={data.clinicians}
        rowKey={(row) => row.membership_id}
        columns={[
          { key: "name", header: t("statistics.clinician"), render: (row) => row.display_name },
          { key: "flags", header: t("statistics.flags"), align: "end", render: (row) => number(row.flags) },
          { key: "week", header: t("statistics.perWeek"), align: "end", render: (row) => number(row.per_week) },
        ]}
      />
      <p className="hf-soft hf-small">{t("statistics.counted")}</p>
    </>
  );
}
