import { Button, NumberInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, practicePath } from "@/api/client";
import { useActive } from "@/api/session";
import type { Items, Schemas } from "@/api/types";
import { DataTable, EmptyState, ErrorState, Loading, Notice, Page, Panel, Query } from "@/design";
import { useFormat } from "@/format";
import { KeptLines } from "@/leaving/KeptLines";
import { Steps } from "@/leaving/Steps";

import "./admin.css";
import { AdminProblem } from "./AdminProblem";
import { useAdminWrite, useRetention } from "./api";

type Retention = Schemas["RetentionOut"];
type Departure = Schemas["DepartureOut"];

/** How long the practice keeps what, and what became of people who left; it names nobody. */
export function LeavingPage(): ReactElement {
  const { t } = useTranslation("leaving");
  const retention = useRetention();
  return (
    <Page title={t("admin.title")} lead={t("admin.lead")} width="wide">
      <Query query={retention}>{(data) => <Periods retention={data} />}</Query>
      <Departures />
    </Page>
  );
}

/** A whole number, or null where the field is empty. */
const whole = (value: string | number): number | null =>
  value === "" || !Number.isInteger(Number(value)) ? null : Number(value);

function Periods({ retention }: { retention: Retention }): ReactElement {
  const { t, i18n } = useTranslation("leaving");
  const format = useFormat();
  const write = useAdminWrite();
  const [years, setYears] = useState<string | number>(retention.legal_years ?? "");
  const [days, setDays] = useState<Record<string, string | number>>(
    Object.fromEntries(retention.periods.map((one) => [one.kind, one.days ?? ""])),
  );
  const name = (kind: string): string =>
    i18n.exists(`leaving:periods.${kind}`) ? t(`periods.${kind}`) : kind;
  const body = (): Schemas["RetentionIn"] => ({
    legal_years: whole(years),
    days: Object.fromEntries(Object.entries(days).map(([kind, value]) => [kind, whole(value)])),
  });
  const law = retention.law;
  return (
    <form
      className="hf-stack"
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate({ method: "put", rest: "/retention", body: body() });
      }}
    >
      <Panel title={t("admin.law")}>
        {law === null ? (
          <Notice tone="attention" title={t("admin.law-unknown")} />
        ) : (
          <p>
            {t("admin.law-known", {
              country: format.country(retention.country),
              basis: law.basis,
              years: format.number(law.years),
            })}{" "}
            <a href={law.url} rel="noreferrer" target="_blank">
              {t("leave.law")}
            </a>
          </p>
        )}
        <NumberInput
          size="sm"
          label={t("admin.years")}
          description={t("admin.years-hint")}
          value={years}
          onChange={setYears}
          min={0}
          max={100}
          allowDecimal={false}
          hideControls
        />
      </Panel>
      <Panel title={t("admin.periods")}>
        <p>{t("admin.periods-text")}</p>
        <DataTable
          caption={
            retention.last_run === null
              ? t("admin.never")
              : t("admin.ran", { at: format.dateTime(retention.last_run.ran_at) })
          }
          rows={retention.periods}
          rowKey={(one) => one.kind}
          columns={[
            { key: "kind", header: t("admin.kind"), render: (one) => name(one.kind) },
            {
              key: "days",
              header: t("admin.days"),
              render: (one) => (
                <NumberInput
                  size="sm"
                  aria-label={`${name(one.kind)}: ${t("admin.days")}`}
                  value={days[one.kind] ?? ""}
                  onChange={(value) => setDays({ ...days, [one.kind]: value })}
                  min={one.shortest_days}
                  allowDecimal={false}
                  hideControls
                />
              ),
            },
            { key: "due", header: t("admin.due"), render: (one) => format.number(one.due) },
          ]}
        />
        {retention.kept_records_due > 0 ? (
          <p>
            {name("kept-records")}: {format.number(retention.kept_records_due)}
          </p>
        ) : null}
      </Panel>
      <div className="hf-buttons">
        <Button size="sm" type="submit" loading={write.isPending}>
          {t("admin.save")}
        </Button>
        <span role="status">{write.isSuccess ? t("admin.saved") : ""}</span>
      </div>
      {write.isError ? <AdminProblem error={write.error} /> : null}
    </form>
  );
}

function Departures(): ReactElement {
  const { t } = useTranslation("leaving");
  const { practice } = useActive();
  const list = useInfiniteQuery({
    queryKey: ["admin", practice.id, "/departures"],
    queryFn: ({ pageParam }) =>
      api.get<Items<Departure>>(practicePath(practice.id, "/departures"), {
        query: { cursor: pageParam },
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
  if (list.isError) return <ErrorState error={list.error} retry={() => void list.refetch()} />;
  if (list.data === undefined) return <Loading />;
  const rows = list.data.pages.flatMap((page) => page.items);
  return (
    <Panel title={t("admin.left")}>
      {rows.length === 0 ? <EmptyState title={t("admin.nobody")} /> : null}
      {rows.map((one) => (
        <Left key={one.id} departure={one} />
      ))}
      {list.hasNextPage ? (
        <Button
          variant="default"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t("admin.more")}
        </Button>
      ) : null}
    </Panel>
  );
}

function Left({ departure }: { departure: Departure }): ReactElement {
  const { t } = useTranslation("leaving");
  const format = useFormat();
  const { requested_at, finished_at, restored, kept, steps } = departure;
  return (
    <details data-testid="departure" open={finished_at === null}>
      <summary>
        {t("receipt.asked", { at: format.dateTime(requested_at) })}{" "}
        {finished_at === null
          ? t("receipt.running")
          : t("receipt.finished", { at: format.dateTime(finished_at) })}
      </summary>
      {restored ? <p>{t("receipt.restored")}</p> : null}
      <KeptLines kept={kept} />
      <Steps steps={steps} />
    </details>
  );
}
