import { Button } from "@mantine/core";
import type { ReactElement } from "react";

import { DataTable, EmptyState, ErrorState, Loading, Page, Panel, Query } from "@/design";

import "./admin.css";
import { useAudit, useFlagStatistics, useVerification } from "./api";
import { useAdminWords } from "./language";
import type { FlagStatistics } from "./types";

/** Who did and read what, and how many flags come per clinician and week. */
export function AuditPage(): ReactElement {
  const { t } = useAdminWords();
  const statistics = useFlagStatistics();
  return (
    <Page title={t("audit.title")} lead={t("audit.lead")} width="wide">
      <Panel title={t("statistics.title")}>
        <Query query={statistics}>{(data) => <Statistics data={data} />}</Query>
      </Panel>
      <Panel title={t("audit.record")}>
        <Verification />
        <AuditTable />
      </Panel>
    </Page>
  );
}

function Statistics({ data }: { readonly data: FlagStatistics }): ReactElement {
  const { t, date, number } = useAdminWords();
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
    </>
  );
}

/** Recomputes the chain of hashes on request: it reads every event. */
function Verification(): ReactElement {
  const { t, number } = useAdminWords();
  const check = useVerification();
  return (
    <div className="hf-row">
      <span role="status">
        {check.data === undefined
          ? t("audit.chainHint")
          : check.data.intact
            ? t("audit.intact")
            : t("audit.broken", { seq: number(check.data.first_broken ?? 0) })}
      </span>
      <Button size="xs" variant="default" loading={check.isFetching} onClick={() => void check.refetch()}>
        {t("audit.verify")}
      </Button>
      {check.isError ? <ErrorState error={check.error} /> : null}
    </div>
  );
}

function AuditTable(): ReactElement | null {
  const { t, moment } = useAdminWords();
  const audit = useAudit();
  if (audit.isPending) return <Loading />;
  if (audit.isError) return <ErrorState error={audit.error} retry={() => void audit.refetch()} />;
  const rows = audit.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) return <EmptyState title={t("audit.none")} />;
  return (
    <>
      <DataTable
        caption={t("audit.caption")}
        rows={rows}
        rowKey={(row) => String(row.seq)}
        columns={[
          { key: "at", header: t("audit.at"), render: (row) => moment(row.at) },
          { key: "who", header: t("audit.who"), render: (row) => row.actor_label },
          {
            key: "action",
            header: t("audit.action"),
            render: (row) => t(`auditAction.${row.action}`, { defaultValue: row.action }),
          },
          {
            key: "what",
            header: t("audit.what"),
            render: (row) => t(`auditResource.${row.resource}`, { defaultValue: row.resource }),
          },
        ]}
      />
      {audit.hasNextPage ? (
        <Button size="sm" variant="default" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
          {t("audit.more")}
        </Button>
      ) : null}
    </>
  );
}
