import { Button, NumberInput, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { API_BASE, practicePath, withQuery } from "@/api/client";
import { useActive } from "@/api/session";
import type { Schemas } from "@/api/types";
import { DataTable, ErrorState, Page, Panel, Query } from "@/design";
import { useFormat } from "@/format";

import { type AttendanceRow, useAttendance, useCapacity, useWrite } from "./api";
import "./scheduling.css";

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
const NINETY_DAYS = 90 * 86_400_000;

/** How appointments went, counted; and how many people somebody has room for. */
export function AttendancePage(): ReactElement {
  const { t } = useTranslation(["day", "common"]);
  const { practice, roles } = useActive();
  const [until, setUntil] = useState(() => dayOf(new Date()));
  const [since, setSince] = useState(() => dayOf(new Date(Date.now() - NINETY_DAYS)));
  const found = useAttendance(since, until);
  const file = API_BASE + withQuery(practicePath(practice.id, "/attendance.csv"), { since, until });
  const treats = ["clinician", "prescriber", "supervisor"].some((role) => roles.has(role as never));
  return (
    <Page title={t("attendance.title")} lead={t("attendance.lead")} width="wide">
      <Panel>
        <div className="hm-fields">
          <TextInput size="sm" type="date" label={t("attendance.since")} value={since} onChange={(event) => setSince(event.currentTarget.value)} />
          <TextInput size="sm" type="date" label={t("attendance.until")} value={until} onChange={(event) => setUntil(event.currentTarget.value)} />
          <Button component="a" href={file} download size="sm" variant="default">{t("attendance.file")}</Button>
        </div>
        <Query query={found}>
          {(data) => <Table rows={[...data.members, data.practice]} />}
        </Query>
        <p className="hf-soft hf-small">{t("attendance.counted")}</p>
        <p className="hf-soft hf-small">{t("attendance.interval")}</p>
      </Panel>
      <Room treats={treats} />
    </Page>
  );
}

function Table({ rows }: { readonly rows: readonly AttendanceRow[] }): ReactElement {
  const { t } = useTranslation("day");
  const format = useFormat();
  const share = ({ count, of, low, high }: AttendanceRow["missed"]): ReactElement =>
    low === null || high === null ? (
      <>–</>
    ) : (
      <>
        {t("attendance.of", { count: format.number(count), of: format.number(of) })}
        <span className="hm-interval hf-soft hf-small">
          {format.percent(count / of)} ({format.percent(low)}–{format.percent(high)})
        </span>
      </>
    );
  return (
    <div data-testid="attendance">
      <DataTable
        caption={t("attendance.title")}
        rows={rows}
        rowKey={(row) => row.membership_id ?? "practice"}
        columns={[
          {
            key: "who",
            header: t("attendance.who"),
            render: (row) => (row.membership_id === null ? t("attendance.practice") : <bdi>{row.name}</bdi>),
          },
          { key: "kept", header: t("attendance.kept"), align: "end", render: (row) => format.number(row.kept) },
          { key: "missed", header: t("attendance.missed"), align: "end", render: (row) => share(row.missed) },
          { key: "late", header: t("attendance.late"), align: "end", render: (row) => share(row.late) },
          { key: "inTime", header: t("attendance.inTime"), align: "end", render: (row) => format.number(row.in_time) },
          { key: "practice", header: t("attendance.byPractice"), align: "end", render: (row) => format.number(row.by_practice) },
          { key: "unsaid", header: t("attendance.unsaid"), align: "end", render: (row) => format.number(row.unsaid) },
        ]}
      />
    </div>
  );
}

function Room({ treats }: { readonly treats: boolean }): ReactElement {
  const { t } = useTranslation("day");
  const format = useFormat();
  const rooms = useCapacity();
  return (
    <Panel title={t("capacity.title")} testId="capacity">
      <p className="hf-soft">{t("capacity.lead")}</p>
      <Query query={rooms}>
        {(items) => (
          <>
            <DataTable
              caption={t("capacity.title")}
              rows={items}
              rowKey={(row) => row.membership_id}
              columns={[
                { key: "who", header: t("attendance.who"), render: (row) => <bdi>{row.name}</bdi> },
                { key: "people", header: t("capacity.people"), align: "end", render: (row) => format.number(row.people) },
                {
                  key: "wanted",
                  header: t("capacity.wanted"),
                  align: "end",
                  render: (row) => (row.capacity === null ? t("capacity.unsaid") : format.number(row.capacity)),
                },
                {
                  key: "listed",
                  header: t("capacity.suggested"),
                  render: (row) =>
                    t(row.listed && row.capacity !== null && row.people < row.capacity ? "capacity.yes" : "capacity.no"),
                },
              ]}
            />
            {treats ? <Say key={items[0]?.capacity ?? "none"} capacity={items.length === 1 ? (items[0]?.capacity ?? null) : null} /> : null}
          </>
        )}
      </Query>
    </Panel>
  );
}

function Say({ capacity }: { readonly capacity: number | null }): ReactElement {
  const { t } = useTranslation(["day", "common"]);
  const [wanted, setWanted] = useState<number | string>(capacity ?? "");
  const write = useWrite<Schemas["CapacitiesOut"]>();
  return (
    <form
      className="hm-rule"
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate({ method: "put", rest: "/capacity", body: { capacity: Number(wanted) } });
      }}
    >
      <NumberInput size="sm" label={t("capacity.say")} min={0} max={1000} allowDecimal={false} value={wanted} onChange={setWanted} />
      <Button type="submit" size="sm" variant="default" disabled={wanted === ""} loading={write.isPending}>{t("common:save")}</Button>
      {write.isError ? <ErrorState error={write.error} /> : null}
    </form>
  );
}
