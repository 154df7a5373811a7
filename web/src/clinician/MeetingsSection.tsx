import { Button, NativeSelect, TextInput } from "@mantine/core";
import { lazy, type ReactElement, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorState } from "@/design";
import { joinable } from "@/meet/rooms/joinable";
import { GOING_ON } from "@/meet/rooms/states";

import { useClientWrite } from "./api";
import { useClinicWords } from "./language";
import { instantOf, localValue } from "./localTime";
import { Section } from "./Section";
import type { EncounterView } from "./types";
import { useNow } from "./useNow";

const JoinButton = lazy(() => import("@/meet/rooms/JoinButton"));

const MEDIA = ["in_person", "video", "phone", "text"] as const;
const MINUTE = 60_000;

const ForClient = lazy(() => import("@/meet/scheduling/ForClient"));

interface MeetingsSectionProps {
  readonly client: string;
  readonly encounters: readonly EncounterView[];
}

/** What is booked, and meetings that took place; recording one moves "since you last met". */
export function MeetingsSection({ client, encounters }: MeetingsSectionProps): ReactElement {
  const { t, moment } = useClinicWords();
  const { t: booking } = useTranslation("appointments");
  const write = useClientWrite(client);
  const [form, setForm] = useState<"book" | "record" | null>(null);
  const [all, setAll] = useState(false);
  const now = useNow();
  const open = encounters.filter(({ starts_at: startsAt, medium, status }) =>
    joinable({ startsAt, medium, status }, now),
  );
  const held = encounters.filter((each) => each.status !== "planned" && !GOING_ON.has(each.status));
  const ordered = held.toSorted((a, b) => Date.parse(b.starts_at) - Date.parse(a.starts_at));
  const shown = all ? ordered : ordered.slice(0, 5);
  const close = () => setForm(null);
  return (
    <Section id="meetings" title={t("meetings.title")}>
      <div className="hf-buttons">
        <Button size="xs" variant="default" aria-expanded={form === "book"} onClick={() => setForm("book")}>
          {booking("book")}
        </Button>
        <Button size="xs" variant="default" aria-expanded={form === "record"} onClick={() => setForm("record")}>
          {t("meetings.record")}
        </Button>
      </div>
      {open.map((each) => (
        <div key={each.id} className="hf-row">
          <span>{moment(each.starts_at)}</span>
          <Suspense>
            <JoinButton
              clientId={client}
              encounterId={each.id}
              startsAt={each.starts_at}
              medium={each.medium}
              status={each.status}
              size="xs"
            />
          </Suspense>
        </div>
      ))}
      {form === "record" ? <MeetingForm client={client} onDone={close} /> : null}
      <Suspense>
        <ForClient
          client={client}
          booking={form === "book"}
          onDone={close}
          onHeld={(encounter) =>
            write.mutate({ method: "patch", rest: `/encounters/${encounter}`, body: { status: "finished" } })
          }
        />
      </Suspense>
      {write.isError ? <ErrorState error={write.error} /> : null}
      {shown.length === 0 ? <p className="hf-soft">{t("meetings.none")}</p> : null}
      <ul className="hf-plain-list">
        {shown.map((each) => (
          <Meeting key={each.id} encounter={each} />
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

function Meeting({ encounter }: { readonly encounter: EncounterView }): ReactElement {
  const { t, moment } = useClinicWords();
  const about = [
    t(`meetings.status.${encounter.status}`, { defaultValue: encounter.status }),
    t(`meetings.medium.${encounter.medium}`, { defaultValue: encounter.medium }),
    encounter.with_name,
  ];
  return (
    <li>
      {moment(encounter.starts_at)}
      <span className="hc-sub">{about.filter((part) => part !== "").join(" · ")}</span>
    </li>
  );
}

interface MeetingFormProps {
  readonly client: string;
  readonly onDone: () => void;
}

function MeetingForm({ client, onDone }: MeetingFormProps): ReactElement {
  const { t } = useTranslation(["clinician", "common"]);
  const { timeZone } = useClinicWords();
  const write = useClientWrite(client);
  // A meeting is mostly recorded right after it.
  const [starts, setStarts] = useState(() => localValue(Date.now() - 60 * MINUTE, timeZone));
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
          status: "finished",
          medium,
          ended_at: new Date(Date.parse(startsAt) + length).toISOString(),
        },
      },
      { onSuccess: onDone },
    );
  };
  return (
    <form
      className="hc-form"
      aria-label={t("meetings.record")}
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
