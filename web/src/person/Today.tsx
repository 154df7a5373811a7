import { Button } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, type ReactElement, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { nextPlanned } from "@/api/encounters";
import { useActive, useOwnRecord } from "@/api/session";
import type { DueItem } from "@/api/types";
import { useNow } from "@/clinician/useNow";
import { EmptyState, Notice, Page, Panel, Query } from "@/design";
import { useFormat } from "@/format";
import { bundledPack, loadPack } from "@/measures/pack";
import { db, type OutboxEntry } from "@/queue/db";
import { useUndelivered } from "@/queue/useOutbox";
import { FlagStatusCard } from "@/safety/FlagStatusCard";
import { MonitoredText } from "@/safety/MonitoredNotice";

import { isAssessment, TodayCard } from "./assessment/TodayCard";
import { useCourse } from "./assessment/useCourse";
import { type Today as TodayData, useMeetings, useProgress, useRecord, useToday } from "./data";
import { ComingUp, PutOff, ZoneNotice } from "./Later";
import { Notifications } from "./Notifications";
import { asked, mustBy } from "./prompts";
import "./person.css";

const JoinButton = lazy(() => import("@/meet/rooms/JoinButton"));
const PlanCard = lazy(() => import("./plan/PlanCard"));

/** Fetches what a check-in needs before it is needed, so that it also works in a tunnel. */
function useMakeReady(today: TodayData | undefined, practiceId: string): void {
  const { i18n } = useTranslation();
  useEffect(() => {
    for (const each of [...(today?.due ?? []), ...(today?.upcoming ?? [])]) {
      void loadPack(practiceId, each.instrument, each.version).catch(() => undefined);
    }
    void bundledPack("asq").catch(() => undefined);
    void import("./checkin/CheckIn");
    void import("./After");
    void import("./SafetyPlan");
    void import("@/generated/crisis-lines.json");
    void i18n.loadNamespaces(["safety", "instruments", "plan"]);
  }, [today, practiceId, i18n]);
}

export default function Today(): ReactElement {
  const { t } = useTranslation("person");
  const own = useOwnRecord();
  const { me, membership } = useActive();
  const today = useToday(own);
  useProgress(own);
  const record = useRecord(own);
  useMakeReady(today.data, own.practiceId);
  const name = record.data?.display_name ?? membership.display_name;
  return (
    <Page title={me.discreet ? t("today.title") : t("today.hello", { name })}>
      <Undelivered ownerId={me.id} />
      <Query query={today}>{(data) => <Loaded data={data} ownerId={me.id} />}</Query>
      <Notifications practiceId={own.practiceId} />
    </Page>
  );
}

function Loaded({ data, ownerId }: { data: TodayData; ownerId: string }): ReactElement {
  const { t } = useTranslation("person");
  const now = useNow() + data.skew;
  // Answered on this device and not yet delivered: the server still calls it due.
  const waiting = useUndelivered(ownerId).data ?? [];
  const known = [...data.due, ...data.upcoming].filter((each) => !isAssessment(each.instrument));
  const { open: due, later } = asked(known, waiting, now);
  const assessment = useCourse().standing?.now ?? null;
  return (
    <>
      {data.open_flags.map((flag) => (
        <Panel key={flag.id} title={t("today.flag")} tone="calm">
          <FlagStatusCard flag={flag} />
          <div className="hf-buttons">
            <Button component={Link} to="/flags-status" variant="default">
              {t("today.flag-more")}
            </Button>
          </div>
        </Panel>
      ))}
      {due.length === 0 && assessment === null ? (
        <EmptyState title={t("today.nothing-due")}>
          <p className="hf-soft">{t("today.nothing-due-text")}</p>
        </EmptyState>
      ) : (
        <section aria-label={t("today.due")}>
          <ul className="hf-plain-list">
            {assessment === null ? null : <TodayCard prompt={assessment} />}
            {due.map((each) => (
              <DueCard key={each.prompt_id} due={each} />
            ))}
          </ul>
        </section>
      )}
      <ZoneNotice now={now} />
      <ComingUp later={later} />
      <NextMeeting />
      <TalkItThrough />
      <Suspense>
        <PlanCard />
      </Suspense>
      <MonitoredText monitored={data.monitored} />
    </>
  );
}

function TalkItThrough(): ReactElement {
  const { t } = useTranslation("person");
  return (
    <Panel tone="calm">
      <div className="hf-row">
        <p>{t("today.talk-text")}</p>
        <Button component={Link} to="/companion" variant="default">
          {t("today.talk")}
        </Button>
      </div>
    </Panel>
  );
}

function NextMeeting(): ReactElement | null {
  const { t } = useTranslation("person");
  const format = useFormat();
  const own = useOwnRecord();
  const meetings = useMeetings(own).data ?? [];
  const [opened] = useState(() => Date.now());
  const next = nextPlanned(meetings, opened);
  if (next === null) return null;
  return (
    <Panel title={t("today.next-meeting")}>
      <p className="hf-big">{format.soon(next.starts_at)}</p>
      {next.with_name === "" ? null : <p>{t("today.meeting-with", { name: next.with_name })}</p>}
      <div className="hf-buttons">
        <Suspense>
          <JoinButton
            clientId={own.clientId}
            encounterId={next.id}
            startsAt={next.starts_at}
            medium={next.medium}
            status={next.status}
          />
        </Suspense>
        <Button component={Link} to="/appointments" variant="default">{t("me.appointments")}</Button>
      </div>
    </Panel>
  );
}

function DueCard({ due }: { due: DueItem }): ReactElement {
  const { t, i18n } = useTranslation("person");
  const { t: words } = useTranslation("schedule");
  const format = useFormat();
  const { practiceId } = useOwnRecord();
  const draft = useQuery({
    queryKey: ["draft-exists", due.prompt_id],
    queryFn: async () => (await (await db()).get("drafts", due.prompt_id)) !== undefined,
    staleTime: 0,
  });
  const pack = useQuery({
    queryKey: ["pack", due.instrument, due.version],
    queryFn: () => loadPack(practiceId, due.instrument, due.version),
    staleTime: Infinity,
  });
  const own = pack.data?.texts[i18n.language]?.title;
  const closes = mustBy(due);
  return (
    <li className="hf-due">
      <div>
        <h2>{own ?? due.title}</h2>
        <p className="hf-soft">
          {t("today.questions", { count: due.items })}
          {closes === null ? null : ` · ${words("until", { moment: format.soon(closes) })}`}
        </p>
      </div>
      <PutOff due={due} title={own ?? due.title} />
      <Button
        component={Link}
        to={`/check-in/${due.assignment_id}`}
        size="lg"
        rightSection={<IconArrowRight size={20} className="hf-flip" aria-hidden />}
        aria-label={`${draft.data === true ? t("today.go-on") : t("today.begin")}: ${own ?? due.title}`}
      >
        {draft.data === true ? t("today.go-on") : t("today.begin")}
      </Button>
    </li>
  );
}

const SHOWN: Partial<Record<OutboxEntry["state"], "delivery.refused" | "delivery.unread">> = {
  refused: "delivery.refused",
  unread: "delivery.unread",
};

function Undelivered({ ownerId }: { ownerId: string }): ReactElement | null {
  const { t } = useTranslation("person");
  const entries = useUndelivered(ownerId).data ?? [];
  if (entries.length === 0) return null;
  return (
    <Notice
      tone="attention"
      live
      testId="undelivered"
      title={t("delivery.count", { count: entries.length })}
    >
      <ul className="hf-plain-list">
        {entries.map((entry) => (
          <li key={entry.id}>
            <Link to="/after/$response" params={{ response: entry.id }}>
              {t(SHOWN[entry.state] ?? "delivery.see")}
            </Link>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
