import { useParams } from "@tanstack/react-router";
import { lazy, type ReactElement, Suspense, useState } from "react";

import type { PlotEvent } from "@/charts";
import { EmptyState, Page, Query } from "@/design";

import { useOverview } from "./api";
import { AgeSaid } from "./AgeSaid";
import { AssessmentSection } from "./AssessmentSection";
import { AssignmentsSection } from "./AssignmentsSection";
import { CareTeamSection } from "./CareTeamSection";
import "./clinician.css";
import { ContactSection } from "./ContactSection";
import { CourseSection } from "./CourseSection";
import { useCommands } from "./keys";
import { useClinicWords } from "./language";
import { Key, LevelMark, Tag } from "./marks";
import { MedicationSection } from "./MedicationSection";
import { MeetingsSection } from "./MeetingsSection";
import { RecordSection } from "./RecordSection";
import { levelRank } from "./ranking";
import { SafetyPlanSection } from "./SafetyPlanSection";
import { jumpTo } from "./Section";
import { Shortcuts } from "./Shortcuts";
import { SinceSection } from "./SinceSection";
import type { Overview } from "./types";

const NotesSection = lazy(() => import("./notes/NotesSection"));
const ThreadsSection = lazy(() => import("@/meet/messages/ThreadsSection"));
const BillingSection = lazy(() => import("@/meet/billing/BillingSection"));
const SharedSection = lazy(() => import("./shared/SharedSection"));

const SECTIONS = [
  "since",
  "course",
  "medication",
  "meetings",
  "assignments",
  "plan",
  "team",
  "contact",
  "record",
  "assessment",
  "shared",
  "notes",
  "messages",
  "billing",
] as const;

const KEYS = [
  ["1 … 9, 0, s, n, w, b", "section"],
  ["g c", "toCaseload"],
  ["g f", "toFlags"],
  ["?", "show"],
] as const;

/** 1 to 9, 0 for the tenth, then letters: one key each. */
const keyOf = (index: number): string => "1234567890snwb"[index] ?? "";

/** One person: first what changed since the last meeting, then everything else. */
export function PersonPage(): ReactElement {
  const { clientId = "" } = useParams({ strict: false });
  const { t } = useClinicWords();
  const overview = useOverview(clientId);
  useCommands(
    Object.fromEntries(SECTIONS.map((id, index) => [keyOf(index), () => jumpTo(id)])),
  );
  return (
    <Page
      title={overview.data?.client.display_name ?? t("person.title")}
      width="full"
      actions={<Shortcuts keys={KEYS} />}
    >
      <Query query={overview}>{(data) => <PersonBody client={clientId} overview={data} />}</Query>
    </Page>
  );
}

function PersonBody({ client, overview }: { readonly client: string; readonly overview: Overview }): ReactElement {
  const { t } = useClinicWords();
  const [shared, setShared] = useState<PlotEvent[]>([]);
  const open = overview.flags
    .filter((flag) => flag.state !== "closed" && !flag.historical)
    .sort((a, b) => levelRank(b.level) - levelRank(a.level));
  const highest = open[0];
  return (
    <>
      <div className="hf-buttons">
        {highest === undefined ? null : <LevelMark level={highest.level} />}
        {overview.client.reachable ? null : <Tag tone="attention">{t("unreachable")}</Tag>}
        {overview.client.synthetic ? <Tag>{t("synthetic")}</Tag> : null}
      </div>
      <nav aria-label={t("person.sections")}>
        <ul className="hc-jump">
          {SECTIONS.map((id, index) => (
            <li key={id}>
              <a
                href={`#${id}`}
                onClick={(event) => {
                  event.preventDefault();
                  jumpTo(id);
                }}
              >
                <Key>{keyOf(index)}</Key> {t(`person.section.${id}`)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {overview.series.length === 0 && overview.scores.length === 0 ? (
        <EmptyState title={t("person.nothingYet")}><p>{t("person.nothingYetHint")}</p></EmptyState>
      ) : null}
      <div className="hc-columns">
        <div className="hc-column">
          <AgeSaid client={client} />
          <SinceSection overview={overview} />
          <CourseSection overview={overview} shared={shared} />
          <Suspense>
            <NotesSection
              client={client}
              name={overview.client.display_name}
              encounters={overview.encounters}
            />
          </Suspense>
          <Suspense>
            <ThreadsSection client={client} name={overview.client.display_name} />
          </Suspense>
          <Suspense>
            <SharedSection
              client={client}
              name={overview.client.display_name}
              onEvents={setShared}
            />
          </Suspense>
        </div>
        <div className="hc-column">
          <MedicationSection client={client} medications={overview.medications} />
          <MeetingsSection client={client} encounters={overview.encounters} />
          <AssignmentsSection client={client} />
          <SafetyPlanSection client={client} />
          <CareTeamSection client={client} />
          <ContactSection client={overview.client} />
          <RecordSection client={client} />
          <AssessmentSection client={client} />
          <Suspense>
            <BillingSection client={client} name={overview.client.display_name} />
          </Suspense>
        </div>
      </div>
    </>
  );
}
