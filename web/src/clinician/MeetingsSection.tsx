import { Button, NativeSelect, TextInput } from "@mantine/core";
import { lazy, type ReactElement, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorState } from "@/design";

import { useClientWrite } from "./api";
import { useClinicWords } from "./language";
import { instantOf, localValue } from "./localTime";
import { Section } from "./Section";
import type { EncounterView } from "./types";

const JoinButton = lazy(() => import("@/meet/rooms/JoinButton"));

const MEDIA = ["in_person", "video", "phone", "text"] as const;
const MINUTE = 60_000;

interface MeetingsSectionProps {
  readonly client: string;
  readonly encounters: readonly EncounterView[];
}

/** Meetings that took place and those planned; recording one moves "since you last met". */
export function MeetingsSection({ client, encounters }: MeetingsSectionProps): ReactElement {
  const { t } = useClinicWords();
  const [form, setForm] = useState<"finished" | "planned" | null>(null);
  const [all, setAll] = useState(false);
  const ordered = encounters.toSorted((a, b) => Date.parse(b.starts_at) - Date.parse(a.starts_at));
  const shown = all ? ordered : ordered.slice(0, 5);
  return (
    <Section id="meetings" title={t("meetings.title")}>
      <div className="hf-buttons">
        <Button size="xs" variant="default" aria-expanded={form === "finished"} onClick={() => setForm("finished")}>
          {t("meetings.record")}
        </Button>
        <Button size="xs" variant="default" aria-expanded={form === "planned"} onClick={() => setForm("planned")}>
          {t("meetings.plan")}
        </Button>
      </div>
      {form === null ? null : (
        <MeetingForm key={form} client={client} status={form} onDone={() => setForm(null)} />
      )}
      {shown.length === 0 ? <p className="hf-soft">{t("meetings.none")}</p> : null}
      <ul className="hf-plain-list">
        {shown.map((each) => (
          <Meeting key={each.id} client={client} encounter={each} />
        ))}
      </ul>
      {ordered.length > 5 ? (
        <Button size="xs" variant="subtle" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t("meetings.fewer") : t("meetings.all", { count: ordered.length })}
        </Button>
      ) : null}
    </Section>
  );
}

function Meeting({ client, encounter }: { readonly client: string; readonly encounter: EncounterView }): ReactElement {
  const { t, moment } = useClinicWords();
  const write = useClientWrite(client);
  const change = (body: Record<string, unknown>) =>
    write.mutate({ method: "patch", rest: `/encounters/${encounter.id}`, body });
  const when = moment(encounter.starts_at);
  const who = encounter.with_name ?? null;
  return (
    <li>
      <div className="hf-row">
        <span>
          {when}
          <span className="hc-sub">
            {[
              t(`meetings.status.${encounter.status}`),
              encounter.medium === null ? null : t(`meetings.medium.${encounter.medium}`, { defaultValue: encounter.medium }),
              who,
            ]
              .filter((part) => part !== null)
              .join(" · ")}
          </span>
        </span>
        <Suspense>
          <JoinButton
            clientId={client}
            encounterId={encounter.id}
            startsAt={encounter.starts_at}
            medium={encounter.medium}
            status={encounter.status}
            size="xs"
          />
        </Suspense>
        {encounter.status === "planned" ? (
          <span className="hf-buttons">
            <Button
              size="xs"
              variant="subtle"
              aria-label={t("meetings.finishNamed", { when })}
              onClick={() => change({ status: "finished" })}
            >
              {t("meetings.finish")}
            </Button>
            <Button
              size="xs"
              variant="subtle"
              aria-label={t("meetings.cancelNamed", { when })}
              onClick={() => change({ status: "cancelled" })}
            >
              {t("meetings.cancel")}
            </Button>
          </span>
        ) : null}
      </div>
      {write.isError ? <ErrorState error={write.error} /> : null}
    </li>
  );
}

interface MeetingFormProps {
  readonly client: string;
  readonly status: "finished" | "planned";
  readonly onDone: () => void;
}

function firstGuess(status: MeetingFormProps["status"]): number {
  const hour = 60 * MINUTE;
  const now = Date.now();
  // A meeting is mostly recorded right after it, and the next one is mostly a week later.
  return status === "finished" ? now - hour : Math.ceil((now + 7 * 24 * hour) / hour) * hour;
}

function MeetingForm({ client, status, onDone }: MeetingFormProps): ReactElement {
  const { t } = useTranslation(["clinician", "common"]);
  const { timeZone } = useClinicWords();
  const write = useClientWrite(client);
  const [starts, setStarts] = useState(() => localValue(firstGuess(status), timeZone));
  const [minutes, setMinutes] = useState("50");
  const [medium, setMedium] = useState<string>("in_person");
  const submit = () => {
    const startsAt = instantOf(starts, timeZone);
    const length = Number(minutes) * MINUTE;
    write.mutate(
      {
        method: "post",
        rest: "/encounters",
        body: {
          starts_at: startsAt,
          status,
          medium,
          ...(status === "finished"
            ? { ended_at: new Date(Date.parse(startsAt) + length).toISOString() }
            : {}),
        },
      },
      { onSuccess: onDone },
    );
  };
  return (
    <form
      className="hc-form"
      aria-label={t(status === "finished" ? "meetings.record" : "meetings.plan")}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextInput
        size="sm"
        className="hc-wide"
        type="datetime-local"
        required
        label={t("meetings.starts")}
        description={t("zoneHint", { zone: timeZone })}
        value={starts}
        onChange={(event) => setStarts(event.currentTarget.value)}
      />
      {status === "finished" ? (
        <TextInput
          size="sm"
          type="number"
          min={1}
          max={600}
          required
          label={t("meetings.minutes")}
          value={minutes}
          onChange={(event) => setMinutes(event.currentTarget.value)}
        />
      ) : null}
      <NativeSelect
        size="sm"
        label={t("meetings.mediumLabel")}
        value={medium}
        onChange={(event) => setMedium(event.currentTarget.value)}
        data={MEDIA.map((value) => ({ value, label: t(`meetings.medium.${value}`) }))}
      />
      <div className="hf-buttons hc-wide">
        <Button size="sm" type="submit" loading={write.isPending}>{t("common:save")}</Button>
        <Button size="sm" variant="default" onClick={onDone}>{t("common:cancel")}</Button>
      </div>
      {write.isError ? <div className="hc-wide"><ErrorState error={write.error} /></div> : null}
    </form>
  );
}
