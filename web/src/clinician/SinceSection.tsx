import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { sharedDomain, TimelineStrip } from "@/charts";

import { byVerdict, fromInstant, plotEvents, RELIABLE, reliablePoints } from "./course";
import { agoWords, bandWords, scaleTitle, useClinicWords } from "./language";
import { LevelMark, Tag, VerdictMark } from "./marks";
import { Unanswered } from "./Outcome";
import { Section } from "./Section";
import type { Overview, ScoreChange } from "./types";
import { useNow } from "./useNow";
import { useEventNames } from "./useEventNames";

const AT_FIRST = 4;

/** The first thing a clinician reads: what changed since the two last met. */
export function SinceSection({ overview }: { readonly overview: Overview }): ReactElement {
  const words = useClinicWords();
  const { t, day } = words;
  const now = useNow();
  const { since } = overview;
  return (
    <Section
      id="since"
      title={
        since === null
          ? t("since.noMeeting")
          : t("since.title", { day: day(since), ago: agoWords(since, now, words) })
      }
    >
      {since === null ? <p className="hf-soft">{t("since.noMeetingHint")}</p> : null}
      <ScoreTable scores={overview.scores} />
      <FlagsSince overview={overview} />
      <Taken overview={overview} />
      <EventsSince overview={overview} />
    </Section>
  );
}

function ScoreTable({ scores }: { readonly scores: readonly ScoreChange[] }): ReactElement {
  const words = useClinicWords();
  const { t } = words;
  const [all, setAll] = useState(false);
  if (scores.length === 0) return <p className="hf-soft">{t("since.noScores")}</p>;
  const ordered = byVerdict(scores);
  const judged = ordered.filter((score) => score.verdict !== "insufficient");
  // Scales nobody has figures for stand last, behind a button, wherever anything could be judged.
  const folded = ordered.length - (judged.length || Math.min(ordered.length, AT_FIRST));
  const shown = all ? ordered : ordered.slice(0, ordered.length - folded);
  return (
    <>
    <div className="hc-list hf-table-scroll">
      <table data-testid="since-scores">
        <caption className="hf-visually-hidden">{t("since.scores")}</caption>
        <thead>
          <tr>
            {(["measure", "then", "now", "change"] as const).map((column) => (
              <th key={column} scope="col">{t(`since.column.${column}`)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((score) => (
            <tr key={`${score.instrument}/${score.scale}`}>
              <th scope="row" className="hc-name">{scaleTitle(score, words)}</th>
              <td><ScoreValue value={score.then} band={score.then_band} at={score.then_at} /></td>
              <td><ScoreValue value={score.now} band={score.now_band} at={score.now_at} /></td>
              <td><ChangeInWords score={score} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
    {folded === 0 ? null : (
      <div>
        <Button size="xs" variant="default" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t("course.fewer") : t("since.more", { count: folded })}
        </Button>
      </div>
    )}
    </>
  );
}

interface ScoreValueProps {
  readonly value: number | null;
  readonly band: string | null | undefined;
  readonly at: string | null | undefined;
}

function ScoreValue({ value, band, at }: ScoreValueProps): ReactElement {
  const words = useClinicWords();
  if (value === null) return <span className="hf-soft">{words.t("since.noValue")}</span>;
  return (
    <span>
      <span className="hc-score">{words.number(value)}</span> {bandWords(words, band)}
      {at ? <span className="hc-sub">{words.day(at)}</span> : null}
    </span>
  );
}

/** The verdict, and behind a disclosure how it came about. */
function ChangeInWords({ score }: { readonly score: ScoreChange }): ReactElement {
  const words = useClinicWords();
  const { t, signed, number, fine } = words;
  const points = reliablePoints(score);
  const difference =
    score.now === null || score.then === null ? null : signed(score.now - score.then);
  return (
    <div>
      <VerdictMark verdict={score.verdict} />{" "}
      {difference === null ? null : <span>({difference})</span>}
      <details className="hc-disclosure hf-small">
        <summary>{t("since.why")}</summary>
        <p>
          {t(`explanation.${score.explanation_code}`, {
            defaultValue: t("explanation.no-figures"),
          })}
        </p>
        {points === null ? null : <p>{t("since.reliableFrom", { points: number(points) })}</p>}
        {score.source === null ? null : <p lang="en">{score.source}</p>}
        {score.rci === null ? null : (
          <p>{t("since.rci", { rci: fine(score.rci), limit: fine(RELIABLE) })}</p>
        )}
      </details>
    </div>
  );
}

function FlagsSince({ overview }: { readonly overview: Overview }): ReactElement {
  const words = useClinicWords();
  const { t, moment } = words;
  const names = useEventNames();
  const flags = overview.flags.filter(
    (flag) =>
      overview.since === null ||
      flag.answered_at >= overview.since ||
      (flag.state !== "closed" && !flag.historical),
  );
  return (
    <div>
      <h3>{t("since.flags")}</h3>
      {flags.length === 0 ? (
        <p className="hf-soft">{t("since.noFlags")}</p>
      ) : (
        <ul className="hf-plain-list">
          {flags.slice(0, 10).map((flag) => (
            <li key={flag.id}>
              <Link to="/worklist/$flagId" params={{ flagId: flag.id }}>
                <LevelMark level={flag.level} />
              </Link>{" "}
              {names.flag(flag)} · {moment(flag.answered_at)} · {t(`state.${flag.state}`)}{" "}
              {flag.historical ? <Tag>{t("historical")}</Tag> : null}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Taken({ overview }: { readonly overview: Overview }): ReactElement {
  const { t, number, moment } = useClinicWords();
  const { due, done } = overview.adherence;
  const missed = overview.missed_deliveries;
  return (
    <div>
      <h3>{t("since.answers")}</h3>
      <p>{due === 0 ? t("since.nothingDue") : t("since.answered", { done: number(done), due: number(due) })}</p>
      <Unanswered counts={overview.adherence} />
      {missed.length === 0 ? null : (
        <>
          <p><Tag tone="attention">{t("caseload.missed", { count: missed.length })}</Tag> {t("since.missedHint")}</p>
          <ul className="hc-plain">
            {missed.slice(0, 5).map((each) => (
              <li key={`${each.at}/${each.kind}`}>
                {moment(each.at)} · {t(`notify:kind.${each.kind}`, { defaultValue: t("notify:kind.other") })}:{" "}
                {t(`notify:briefly.${each.reason}`)}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function EventsSince({ overview }: { readonly overview: Overview }): ReactElement | null {
  const { t } = useClinicWords();
  const names = useEventNames();
  const events = fromInstant(plotEvents(overview, names), overview.since);
  if (events.length === 0) return null;
  const start = overview.since ?? events.map((event) => event.at).sort()[0] ?? "";
  const answered = overview.series.flatMap((series) =>
    fromInstant(series.points, start).map((point) => point.at),
  );
  const domain = sharedDomain(
    [start, ...answered, ...events.map((event) => event.at)],
    overview.client.time_zone,
  );
  return (
    <div>
      <h3>{t("since.events")}</h3>
      <TimelineStrip
        title={t("since.events")}
        events={events}
        domain={domain}
        timeZone={overview.client.time_zone}
        since={overview.since}
      />
    </div>
  );
}
