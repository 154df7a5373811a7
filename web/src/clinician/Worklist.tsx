import { Button, NativeSelect, SegmentedControl } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { lazy, type ReactElement, Suspense, useRef, useState } from "react";

import { useActive } from "@/api/session";
import { EmptyState, ErrorState, Loading, Notice, Page, Panel } from "@/design";

import { useFlags } from "./api";
import "./clinician.css";
import { FlagStatistics } from "./FlagStatistics";
import { useCommands, useRowKeys } from "./keys";
import { codeWords, useClinicWords } from "./language";
import { Due, LevelMark, Tag } from "./marks";
import { MonitoredLine } from "./MonitoredLine";
import { News } from "./News";
import { byUrgency } from "./ranking";
import { Shortcuts } from "./Shortcuts";
import { TalkRequests } from "./TalkRequests";
import type { FlagRow } from "./types";
import { useNow } from "./useNow";

const ToCosign = lazy(() => import("./notes/ToCosign"));

const STATES = ["unclosed", "open", "acknowledged", "acted", "closed"] as const;

const KEYS = [
  ["j ↓", "next"],
  ["k ↑", "previous"],
  ["Enter", "open"],
  ["m", "mine"],
  ["g c", "toCaseload"],
  ["?", "show"],
] as const;

/** Everything that waits for a human, the most pressing first. */
export function WorklistPage(): ReactElement {
  const { t, number } = useClinicWords();
  const { roles } = useActive();
  const now = useNow();
  const [owner, setOwner] = useState("all");
  const [state, setState] = useState<string>("unclosed");
  const query = useFlags({ state, owner });
  const list = useRef<HTMLDivElement>(null);
  const wide = useMediaQuery("(min-width: 60em)", true, { getInitialValueInEffect: false });
  useRowKeys(list);
  useCommands({ m: () => setOwner(owner === "me" ? "all" : "me") });
  const rows = (query.data?.pages.flatMap((page) => page.items) ?? []).sort(byUrgency);
  const alarms = rows.filter((row) => row.alarm && row.state !== "closed").length;
  return (
    <Page title={t("flags.title")} width="full" actions={<Shortcuts keys={KEYS} />}>
      <MonitoredLine />
      <TalkRequests />
      {roles.has("supervisor") ? (
        <Suspense>
          <ToCosign />
        </Suspense>
      ) : null}
      {alarms === 0 ? null : (
        <div role="alert">
          <Notice tone="clay" title={t("flags.alarm", { count: alarms })}>
            <p>{t("flags.alarmHint")}</p>
          </Notice>
        </div>
      )}
      <div className="hc-toolbar">
        <SegmentedControl
          size="sm"
          aria-label={t("flags.owner")}
          value={owner}
          onChange={setOwner}
          data={[
            { value: "all", label: t("flags.everyone") },
            { value: "me", label: t("flags.mine") },
          ]}
        />
        <NativeSelect
          size="sm"
          aria-label={t("flags.stateLabel")}
          value={state}
          onChange={(event) => setState(event.currentTarget.value)}
          data={STATES.map((value) => ({ value, label: t(`flags.stateFilter.${value}`) }))}
        />
        <p className="hf-soft" role="status">
          {query.data === undefined ? "" : t("flags.count", { count: rows.length, total: number(rows.length) })}
        </p>
      </div>
      {query.isPending ? <Loading /> : null}
      {query.isError && rows.length === 0 ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : null}
      {query.data !== undefined && rows.length === 0 ? <EmptyState title={t("flags.none")} /> : null}
      <div ref={list}>
        {rows.length === 0 ? null : wide ? (
          <FlagTable rows={rows} now={now} />
        ) : (
          <FlagCards rows={rows} now={now} />
        )}
      </div>
      {query.hasNextPage ? (
        <Button variant="default" size="sm" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("more")}
        </Button>
      ) : null}
      <News />
      <p className="hf-soft hf-small">{t("flags.statement")}</p>
      {roles.has("supervisor") || roles.has("administrator") ? (
        <Panel title={t("statistics.title")} testId="flag-statistics">
          <FlagStatistics />
        </Panel>
      ) : null}
    </Page>
  );
}

interface RowsProps {
  readonly rows: readonly FlagRow[];
  readonly now: number;
}

function FlagLink({ row }: { readonly row: FlagRow }): ReactElement {
  const { t } = useClinicWords();
  return (
    <>
      <Link to="/worklist/$flagId" params={{ flagId: row.id }} className="hc-name" data-row>
        {row.display_name}
      </Link>
      {row.reachable ? null : (
        <span className="hc-sub"><Tag tone="attention">{t("unreachable")}</Tag></span>
      )}
    </>
  );
}

function FlagTable({ rows, now }: RowsProps): ReactElement {
  const words = useClinicWords();
  const { t, moment } = words;
  const columns = ["level", "person", "reason", "due", "state", "owner", "answered", "received"] as const;
  return (
    <div className="hc-scroll hc-list">
      <table data-testid="worklist">
        <caption className="hf-visually-hidden">{t("flags.caption")}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">{t(`flags.column.${column}`)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td><LevelMark level={row.level} /></td>
              <th scope="row"><FlagLink row={row} /></th>
              <td>
                {codeWords(words, "reason", row.reason)}
                {row.repeats > 0 ? <span className="hc-sub">{t("flags.repeats", { count: row.repeats })}</span> : null}
              </td>
              <td><DueOrMark row={row} now={now} /></td>
              <td>{row.historical ? "–" : t(`state.${row.state}`)}</td>
              <td>{row.owner_name ?? <span className="hf-soft">{t("flags.nobody")}</span>}</td>
              <td>{moment(row.answered_at)}</td>
              <td>{moment(row.raised_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function DueOrMark({ row, now }: { readonly row: FlagRow; readonly now: number }): ReactElement {
  const { t } = useClinicWords();
  if (row.historical) return <Tag>{t("historical")}</Tag>;
  if (row.state === "closed") return <span className="hf-soft">–</span>;
  return (
    <>
      <Due at={row.due_at} now={now} />
      {row.alarm ? <span className="hc-sub"><Tag tone="attention">{t("flags.chainExhausted")}</Tag></span> : null}
    </>
  );
}

function FlagCards({ rows, now }: RowsProps): ReactElement {
  const words = useClinicWords();
  const { t, moment } = words;
  return (
    <ul className="hc-cards" data-testid="worklist">
      {rows.map((row) => (
        <li key={row.id} className="hc-card">
          <div className="hc-card-head">
            <FlagLink row={row} />
            <LevelMark level={row.level} />
          </div>
          <span>{codeWords(words, "reason", row.reason)}</span>
          <span><DueOrMark row={row} now={now} /></span>
          <span className="hf-small hf-soft">
            {t(`state.${row.state}`)} · {row.owner_name ?? t("flags.nobody")} · {t("flags.column.answered")}{" "}
            {moment(row.answered_at)}
          </span>
        </li>
      ))}
    </ul>
  );
}
