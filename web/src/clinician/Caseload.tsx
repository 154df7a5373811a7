import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedValue, useMediaQuery } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useRef, useState } from "react";

import { Sparkline } from "@/charts";
import { EmptyState, ErrorState, Loading, Page } from "@/design";

import { useCaseload } from "./api";
import "./clinician.css";
import { useCommands, useRowKeys } from "./keys";
import { bandWords, useClinicWords } from "./language";
import { Ago, Due, LevelMark, Tag, VerdictMark } from "./marks";
import { NewClient } from "./NewClient";
import { Shortcuts } from "./Shortcuts";
import type { CaseloadRow } from "./types";
import { TalkRequests } from "./TalkRequests";
import { useNow } from "./useNow";

const SORTS = ["attention", "name", "last_met", "last_answer"] as const;
const FILTERS = ["", "flags", "deteriorated", "silent", "delivery", "unreachable"] as const;

const KEYS = [
  ["j ↓", "next"],
  ["k ↑", "previous"],
  ["Enter", "open"],
  ["/", "search"],
  ["n", "newPerson"],
  ["g f", "toFlags"],
  ["?", "show"],
] as const;

/** Everyone in the clinician's care; at the top, whoever needs a human next. */
export function CaseloadPage(): ReactElement {
  const { t, number } = useClinicWords();
  const now = useNow();
  const [sort, setSort] = useState<string>("attention");
  const [filter, setFilter] = useState<string>("");
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed.trim(), 250);
  const [adding, setAdding] = useState(false);
  const query = useCaseload({ sort, filter, q });
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const wide = useMediaQuery("(min-width: 60em)", true, { getInitialValueInEffect: false });
  useRowKeys(list);
  useCommands({ "/": () => search.current?.focus(), n: () => setAdding(true) });

  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages[0]?.total ?? rows.length;
  return (
    <Page
      title={t("caseload.title")}
      width="full"
      actions={
        <>
          <Shortcuts keys={KEYS} />
          <Button size="sm" variant="default" onClick={() => setAdding(true)}>
            {t("newClient.open")}
          </Button>
        </>
      }
    >
      <TalkRequests />
      <search className="hc-toolbar">
        <TextInput
          ref={search}
          className="hc-grow"
          size="sm"
          type="search"
          label={t("caseload.search")}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" || event.key === "ArrowDown") {
              event.preventDefault();
              list.current?.querySelector<HTMLElement>("[data-row]")?.focus();
            }
          }}
        />
        <NativeSelect
          size="sm"
          label={t("caseload.sortBy")}
          value={sort}
          onChange={(event) => setSort(event.currentTarget.value)}
          data={SORTS.map((value) => ({ value, label: t(`caseload.sort.${value}`) }))}
        />
        <NativeSelect
          size="sm"
          label={t("caseload.filterBy")}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
          data={FILTERS.map((value) => ({ value, label: t(`caseload.filter.${value || "all"}`) }))}
        />
      </search>
      <p className="hf-soft hc-count" role="status">
        {query.data === undefined ? "" : t("caseload.count", { count: total, total: number(total) })}
      </p>
      {query.isError && rows.length === 0 ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : null}
      {query.isPending ? <Loading /> : null}
      {query.data !== undefined && rows.length === 0 ? (
        <EmptyState title={t(q || filter ? "caseload.noneFound" : "caseload.empty")} />
      ) : null}
      <div ref={list}>
        {rows.length === 0 ? null : wide ? (
          <CaseloadTable rows={rows} now={now} />
        ) : (
          <CaseloadCards rows={rows} now={now} />
        )}
      </div>
      {query.hasNextPage ? (
        <Button
          variant="default"
          size="sm"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t("more")}
        </Button>
      ) : null}
      <NewClient opened={adding} onClose={() => setAdding(false)} />
    </Page>
  );
}

interface RowsProps {
  readonly rows: readonly CaseloadRow[];
  readonly now: number;
}

function CaseloadTable({ rows, now }: RowsProps): ReactElement {
  const { t } = useClinicWords();
  const columns = ["person", "flag", "score", "adherence", "delivery", "met", "answered"] as const;
  return (
    <div className="hc-scroll hc-list">
      <table data-testid="caseload">
        <caption className="hf-visually-hidden">{t("caseload.caption")}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">{t(`caseload.column.${column}`)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.client_id}>
              <th scope="row"><PersonLink row={row} /></th>
              {row.consent_withdrawn ? (
                <td colSpan={columns.length - 1}>{t("caseload.consentWithdrawn")}</td>
              ) : (
                <Cells row={row} now={now} />
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cells({ row, now }: { readonly row: CaseloadRow; readonly now: number }): ReactElement {
  const { t } = useClinicWords();
  return (
    <>
      <td><FlagCell row={row} now={now} /></td>
      <td><ScoreCell row={row} /></td>
      <td><AdherenceCell row={row} /></td>
      <td><DeliveryCell row={row} /></td>
      <td><MetCell row={row} now={now} /></td>
      <td><Ago at={row.last_response_at} now={now} none={t("caseload.neverAnswered")} /></td>
    </>
  );
}

function CaseloadCards({ rows, now }: RowsProps): ReactElement {
  const { t } = useClinicWords();
  return (
    <ul className="hc-cards" data-testid="caseload">
      {rows.map((row) => (
        <li key={row.client_id} className="hc-card">
          <div className="hc-card-head">
            <PersonLink row={row} />
            {row.highest_level === null ? null : <FlagCell row={row} now={now} />}
          </div>
          {row.consent_withdrawn ? (
            <p>{t("caseload.consentWithdrawn")}</p>
          ) : (
            <>
              <ScoreCell row={row} />
              <div className="hf-row hf-small">
                <span>{t("caseload.column.answered")}: <Ago at={row.last_response_at} now={now} none={t("caseload.neverAnswered")} /></span>
                <AdherenceCell row={row} />
              </div>
              <DeliveryCell row={row} />
              <div className="hf-small"><MetCell row={row} now={now} /></div>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function PersonLink({ row }: { readonly row: CaseloadRow }): ReactElement {
  const { t } = useClinicWords();
  return (
    <>
      <Link to="/people/$clientId" params={{ clientId: row.client_id }} className="hc-name" data-row>
        {row.display_name}
      </Link>
      {row.reachable ? null : (
        <span className="hc-sub"><Tag tone="attention">{t("unreachable")}</Tag></span>
      )}
    </>
  );
}

function FlagCell({ row, now }: { readonly row: CaseloadRow; readonly now: number }): ReactElement {
  const { t, number } = useClinicWords();
  if (row.open_flags === 0 || row.highest_level === null) {
    return <span className="hf-soft">{t("caseload.noFlag")}</span>;
  }
  return (
    <span>
      <LevelMark level={row.highest_level} />
      {row.open_flags > 1 ? ` × ${number(row.open_flags)}` : null}
      {row.flag_due_at === null ? null : (
        <span className="hc-sub"><Due at={row.flag_due_at} now={now} /></span>
      )}
    </span>
  );
}

function ScoreCell({ row }: { readonly row: CaseloadRow }): ReactElement {
  const words = useClinicWords();
  const { headline } = row;
  if (headline === null) return <span className="hf-soft">{words.t("caseload.noScore")}</span>;
  return (
    <span>
      {headline.title} <strong>{words.number(headline.value)}</strong>{" "}
      <span className="hf-soft">{bandWords(words, headline.band)}</span>{" "}
      <Sparkline title={headline.title} values={headline.recent} range={headline.range} />
      <span className="hc-sub">
        {headline.change === null ? null : <VerdictMark verdict={headline.change} />}
        {headline.previous === null
          ? null
          : ` ${words.t("caseload.previous", { value: words.number(headline.previous) })}`}
      </span>
    </span>
  );
}

function AdherenceCell({ row }: { readonly row: CaseloadRow }): ReactElement {
  const { t, number } = useClinicWords();
  const { due, done } = row.adherence;
  if (due === 0) return <span className="hf-soft">{t("caseload.nothingDue")}</span>;
  return <span>{t("caseload.doneOf", { done: number(done), due: number(due) })}</span>;
}

/** A missed delivery is the system's failure, never the person's silence. */
function DeliveryCell({ row }: { readonly row: CaseloadRow }): ReactElement | null {
  const { t } = useClinicWords();
  if (row.missed_deliveries === 0) return null;
  return <Tag tone="attention">{t("caseload.missed", { count: row.missed_deliveries })}</Tag>;
}

function MetCell({ row, now }: { readonly row: CaseloadRow; readonly now: number }): ReactElement {
  const { t, moment } = useClinicWords();
  return (
    <span>
      <Ago at={row.last_encounter_at} now={now} none={t("caseload.neverMet")} />
      {row.next_encounter_at === null ? null : (
        <span className="hc-sub">{t("caseload.next", { moment: moment(row.next_encounter_at) })}</span>
      )}
    </span>
  );
}
