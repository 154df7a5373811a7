import { Link, useParams } from "@tanstack/react-router";
import { lazy, type ReactElement, Suspense } from "react";

import { Notice, Page, Panel, Query } from "@/design";

import { useEncounters, useFlag } from "./api";
import { Answers } from "./Answers";
import "./clinician.css";
import { ContactBody } from "./ContactSection";
import { FlagHistory } from "./FlagHistory";
import { FlagSteps } from "./FlagSteps";
import { FlagTexts } from "./FlagTexts";
import { codeWords, useClinicWords } from "./language";
import { lengthWords } from "./due";
import { nextPlanned } from "@/api/encounters";
import { Due, LevelMark, Phone, Tag } from "./marks";
import { MonitoredLine } from "./MonitoredLine";
import { SafetyPlanBody } from "./SafetyPlanSection";
import { Shortcuts } from "./Shortcuts";
import type { FlagFull } from "./types";
import { useNow } from "./useNow";

const HandOvers = lazy(() => import("@/meet/peers/HandOvers"));

const KEYS = [
  ["a", "acknowledge"],
  ["c", "contact"],
  ["d", "act"],
  ["x", "close"],
  ["h", "handOver"],
  ["o", "openPerson"],
  ["g f", "toFlags"],
  ["?", "show"],
] as const;

/** One flag: why, until when, whom to reach and how, and what was done. */
export function FlagPage(): ReactElement {
  const { flagId = "" } = useParams({ strict: false });
  const { t } = useClinicWords();
  const flag = useFlag(flagId);
  const name = flag.data?.client.display_name;
  return (
    <Page
      title={name === undefined ? t("flag.title") : t("flag.titleFor", { name })}
      width="full"
      actions={<Shortcuts keys={KEYS} />}
    >
      <Query query={flag}>{(data) => <FlagBody flag={data} />}</Query>
    </Page>
  );
}

function FlagBody({ flag }: { readonly flag: FlagFull }): ReactElement {
  const { t } = useClinicWords();
  return (
    <>
      <FlagHead flag={flag} />
      {flag.alarm && flag.state !== "closed" ? <ChainExhausted flag={flag} /> : null}
      <div className="hc-columns">
        <div className="hc-column">
          <FlagSteps flag={flag} />
          <FlagTexts flag={flag.id} />
          {flag.record_open && reasonsOf(flag).includes("peer-hand-over") ? (
            <Suspense><HandOvers client={flag.client.id} /></Suspense>
          ) : null}
          {flag.record_open ? <Panel title={t("flag.answers")}><Answers flag={flag} /></Panel> : null}
          <Panel title={t("flag.history")}><FlagHistory flag={flag} /></Panel>
        </div>
        <div className="hc-column">
          <Panel title={t("contact.title")}><ContactBody client={flag.client} /></Panel>
          {flag.record_open ? <FromTheRecord flag={flag} /> : <RecordClosed />}
          <p className="hf-soft hf-small">{t("flags.statement")}</p>
        </div>
      </div>
    </>
  );
}

/** What the person's record adds, for whoever may open it. */
function FromTheRecord({ flag }: { readonly flag: FlagFull }): ReactElement {
  const { t } = useClinicWords();
  return (
    <>
      <Panel title={t("flag.nextMeeting")}>
        <NextMeeting client={flag.client.id} />
        <Link to="/people/$clientId" params={{ clientId: flag.client.id }}>{t("flag.openPerson")}</Link>
      </Panel>
      <Panel title={t("plan.title")}><SafetyPlanBody client={flag.client.id} /></Panel>
    </>
  );
}

/** Whoever dealt with a flag on call keeps its page; the rest belongs to the care team. */
function RecordClosed(): ReactElement {
  const { t } = useClinicWords();
  return (
    <Notice title={t("flag.recordClosed")} testId="record-closed">
      <p>{t("flag.recordClosedHint")}</p>
    </Notice>
  );
}

function NextMeeting({ client }: { readonly client: string }): ReactElement {
  const { t, moment } = useClinicWords();
  const now = useNow();
  const encounters = useEncounters(client);
  return (
    <Query query={encounters}>
      {(list) => {
        const next = nextPlanned(list, now);
        return <p>{next === null ? t("flag.noNextMeeting") : moment(next.starts_at)}</p>;
      }}
    </Query>
  );
}

const reasonsOf = (flag: FlagFull): string[] => [
  ...new Set([flag.reason, ...flag.evidence.map((each) => each.reason)]),
];

function FlagHead({ flag }: { readonly flag: FlagFull }): ReactElement {
  const words = useClinicWords();
  const { t, moment, locale } = words;
  const now = useNow();
  const reasons = reasonsOf(flag);
  const delay = Date.parse(flag.raised_at) - Date.parse(flag.answered_at);
  return (
    <Panel testId="flag-head">
      <div className="hf-row">
        <span className="hf-buttons">
          <LevelMark level={flag.level} />
          <Tag>{t(`state.${flag.state}`)}</Tag>
          {flag.historical ? <Tag>{t("historical")}</Tag> : null}
          {flag.client.reachable ? null : <Tag tone="attention">{t("unreachable")}</Tag>}
        </span>
        {flag.state === "closed" || flag.historical ? null : (
          <span>
            <Due at={flag.due_at} now={now} />
            {flag.due_at === null ? null : ` · ${moment(flag.due_at)}`}
          </span>
        )}
      </div>
      <ul className="hc-plain">
        {reasons.map((reason) => (
          <li key={reason}>{codeWords(words, "reason", reason)}</li>
        ))}
      </ul>
      <dl className="hf-facts">
        <dt>{t("flag.owner")}</dt>
        <dd>{flag.owner_name ?? t("flags.nobody")}</dd>
        <dt>{t("flag.answeredAt")}</dt>
        <dd>{moment(flag.answered_at)}</dd>
        <dt>{t("flag.receivedAt")}</dt>
        <dd>
          {moment(flag.raised_at)}
          {delay > 120_000 ? ` (${t("flag.later", { length: lengthWords(delay, locale) })})` : null}
        </dd>
        {flag.seen_by === null || flag.seen_at === null ? null : (
          <>
            <dt>{t("flag.seen")}</dt>
            <dd>{t("flag.seenBy", { name: flag.seen_by, moment: moment(flag.seen_at) })}</dd>
          </>
        )}
        {flag.outcome ? (
          <>
            <dt>{t("flag.outcome")}</dt>
            <dd>{t(`outcome.${flag.outcome}`)}</dd>
          </>
        ) : null}
      </dl>
      {flag.due_kind === null || flag.state !== "open" ? null : (
        <p className="hf-soft">{t(`flag.dueKind.${flag.due_kind}`)}</p>
      )}
      {flag.historical ? <p className="hf-soft">{t("flag.historicalHint")}</p> : null}
      <MonitoredLine />
    </Panel>
  );
}

/** The chain has run out: the flag stays open and says what the practice wrote down for this. */
function ChainExhausted({ flag }: { readonly flag: FlagFull }): ReactElement {
  const { t } = useClinicWords();
  const end = flag.end_of_chain;
  return (
    <div role="alert">
      <Notice tone="clay" title={t("flags.chainExhausted")}>
        <p>{t("flag.chainHint")}</p>
        {end.name ? <p>{t("flag.endOfChain", { name: end.name })}</p> : null}
        <p dir="auto">{end.instructions}</p>
        {end.phone ? <p><Phone number={end.phone} /></p> : null}
      </Notice>
    </div>
  );
}
