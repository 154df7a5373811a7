import { Button } from "@mantine/core";
import type { ReactElement } from "react";

import { FlagStatistics } from "@/clinician/FlagStatistics";
import { DataTable, EmptyState, ErrorState, Loading, Page, Panel } from "@/design";

import "./admin.css";
import { useAudit, useAuditState, useVerification } from "./api";
import { useAdminWords } from "./language";

/** Who did and read what, and how many flags come per clinician and week. */
export function AuditPage(): ReactElement {
  const { t } = useAdminWords();
  return (
    <Page title={t("audit.title")} lead={t("audit.lead")} width="wide">
      <Panel title={t("clinician:statistics.title")}>
        <FlagStatistics />
      </Panel>
      <Panel title={t("audit.record")}>
        <State />
        <Verification />
        <AuditTable />
      </Panel>
    </Page>
  );
}

/** What the worker found when it last looked at every entry, and what waits for its place. */
function State(): ReactElement {
  const { t, number, moment } = useAdminWords();
  const state = useAuditState();
  if (state.isPending) return <Loading />;
  if (state.isError) return <ErrorState error={state.error} retry={() => void state.refetch()} />;
  const { checked_at, first_broken, unchained, begins_after, entries } = state.data;
  const lines = [
    first_broken !== null
      ? t("audit.broken", { seq: number(first_broken) })
      : checked_at === null
        ? t("audit.notChecked")
        : t("audit.checked", { at: moment(checked_at) }),
    t("audit.entries", { count: entries, number: number(entries) }),
    unchained === 0
      ? t("audit.noneWaits")
      : t("audit.unchained", { count: unchained, number: number(unchained) }),
    ...(begins_after > 0 ? [t("audit.removed", { seq: number(begins_after) })] : []),
  ];
  return (
    <ul className="hf-plain-list">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
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
        rowKey={(row) => row.id}
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
