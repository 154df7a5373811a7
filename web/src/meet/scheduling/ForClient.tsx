import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { v7 as uuid7 } from "uuid";

import { useActive } from "@/api/session";
import type { Schemas } from "@/api/types";
import { instantOf, localValue } from "@/clinician/localTime";
import { ErrorState, Notice, Query } from "@/design";

import { type Appointment, type Bookable, type Medium, useAppointments, useBookable, useSlots, useWrite } from "./api";
import { CancelDialog } from "./CancelDialog";
import "./scheduling.css";
import { type AppointmentWords, useAppointmentWords } from "./words";

const DAY = 86_400_000;

interface ForClientProps {
  readonly client: string;
  /** Whether the form stands open, and how it closes. */
  readonly booking: boolean;
  readonly onDone: () => void;
  /** Marks the meeting of an appointment as held. */
  readonly onHeld: (encounter: string) => void;
}

/** On a person's page: what is booked with them, and booking more. */
export default function ForClient({ client, booking, onDone, onHeld }: ForClientProps): ReactElement {
  const { me, practice } = useActive();
  const words = useAppointmentWords(me.time_zone || practice.time_zone);
  const appointments = useAppointments(client);
  const bookable = useBookable(client);
  const [opened] = useState(() => Date.now());
  return (
    <>
      {booking ? (
        <Query query={bookable}>
          {(data) => <BookForm client={client} data={data} words={words} onDone={onDone} />}
        </Query>
      ) : null}
      <Query query={appointments}>
        {(items) => (
          <ul className="hf-plain-list" aria-label={words.t("staff.booked")}>
            {items
              .filter((each) => each.status === "booked")
              .map((each) => (
                <li key={each.id}>
                  <Booked of={each} client={client} opened={opened} words={words} onHeld={onHeld} />
                </li>
              ))}
          </ul>
        )}
      </Query>
    </>
  );
}

interface BookedProps {
  readonly of: Appointment;
  readonly client: string;
  readonly opened: number;
  readonly words: AppointmentWords;
  readonly onHeld: (encounter: string) => void;
}

function Booked({ of, client, opened, words, onHeld }: BookedProps): ReactElement {
  const { t, format } = words;
  const [open, setOpen] = useState<"cancel" | "move" | null>(null);
  const when = format.dateTime(of.starts_at);
  const there = words.elsewhere(of.starts_at, of.zone);
  const path = `/clients/${client}/appointments/${of.id}`;
  const began = Date.parse(of.starts_at) <= opened;
  const about = [
    of.type_name,
    t(`medium.${of.medium}`),
    of.place?.name ?? "",
    of.with_name,
    t(of.confirmed_at === null ? "agenda.open" : "agenda.confirmed"),
    there === null ? "" : t("there", { time: there }),
  ];
  return (
    <>
      <div className="hf-row">
        <span>
          {when}
          <span className="hc-sub">{about.filter((part) => part !== "").join(" · ")}</span>
        </span>
        <span className="hf-buttons">
          {began && of.encounter_id !== null ? (
            <Button
              size="xs"
              variant="subtle"
              aria-label={t("staff.heldNamed", { when })}
              onClick={() => onHeld(of.encounter_id ?? "")}
            >
              {t("staff.held")}
            </Button>
          ) : null}
          {began ? null : (
            <Button
              size="xs"
              variant="subtle"
              aria-expanded={open === "move"}
              aria-label={t("staff.moveNamed", { when })}
              onClick={() => setOpen(open === "move" ? null : "move")}
            >
              {t("move")}
            </Button>
          )}
          <Button size="xs" variant="subtle" aria-label={t("staff.cancelNamed", { when })} onClick={() => setOpen("cancel")}>
            {t("cancel")}
          </Button>
        </span>
      </div>
      {open === "move" ? <MoveForm of={of} path={path} words={words} onDone={() => setOpen(null)} /> : null}
      <CancelDialog opened={open === "cancel"} appointment={of} path={path} words={words} staff onClose={() => setOpen(null)} />
    </>
  );
}

interface MoveFormProps {
  readonly of: Appointment;
  readonly path: string;
  readonly words: AppointmentWords;
  readonly onDone: () => void;
}

function MoveForm({ of, path, words, onDone }: MoveFormProps): ReactElement {
  const { t, zone, format } = words;
  const [starts, setStarts] = useState(() => localValue(Date.parse(of.starts_at), zone));
  const [following, setFollowing] = useState(false);
  const write = useWrite<Schemas["AppointmentChangedOut"]>();
  const submit = () =>
    write.mutate(
      {
        method: "post",
        rest: `${path}/move`,
        body: { starts_at: instantOf(starts, zone), sequence: of.sequence, following },
      },
      { onSuccess: (found) => (found.kept.length === 0 ? onDone() : undefined) },
    );
  const kept = write.data?.kept.length ?? 0;
  return (
    <form
      className="hc-form"
      aria-label={t("staff.moveNamed", { when: format.dateTime(of.starts_at) })}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <StartField value={starts} onChange={setStarts} words={words} />
      {of.series_id === null ? null : (
        <Checkbox label={t("following")} checked={following} onChange={(event) => setFollowing(event.currentTarget.checked)} />
      )}
      <div className="hf-buttons hc-wide">
        <Button size="sm" type="submit" loading={write.isPending}>{t("move")}</Button>
        <Button size="sm" variant="default" onClick={onDone}>{t("common:cancel")}</Button>
      </div>
      {kept === 0 ? null : <Notice tone="attention" live>{t("staff.kept", { count: kept })}</Notice>}
      {write.isError ? <div className="hc-wide"><ErrorState error={write.error} /></div> : null}
    </form>
  );
}

interface StartFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly words: AppointmentWords;
}

function StartField({ value, onChange, words }: StartFieldProps): ReactElement {
  return (
    <TextInput
      size="sm"
      className="hc-wide"
      type="datetime-local"
      required
      label={words.t("staff.starts")}
      description={words.t("staff.zone", { zone: words.zone })}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface BookFormProps {
  readonly client: string;
  readonly data: Bookable;
  readonly words: AppointmentWords;
  readonly onDone: () => void;
}

function BookForm({ client, data, words, onDone }: BookFormProps): ReactElement {
  const { t, zone, format } = words;
  const { membership } = useActive();
  const mine = data.members.find((each) => each.membership_id === membership.id) ?? data.members[0];
  const [id] = useState(() => uuid7());
  const [type, setType] = useState(data.types[0]);
  const [member, setMember] = useState(mine?.membership_id ?? "");
  const [starts, setStarts] = useState(() => localValue(nextWeek(), zone));
  const [medium, setMedium] = useState<Medium | "">("");
  const [place, setPlace] = useState(data.places[0]?.id ?? "");
  const [weeks, setWeeks] = useState("0");
  const [count, setCount] = useState("10");
  const write = useWrite<Partial<Schemas["SeriesOut"]>>();
  if (type === undefined || member === "") return <Notice>{t("staff.nothing")}</Notice>;
  const how = medium === "" || !type.media.includes(medium) ? (type.media[0] ?? "in_person") : medium;
  const one = {
    id,
    membership_id: member,
    type_id: type.id,
    starts_at: instantOf(starts, zone),
    medium: how,
    place_id: how === "in_person" && place !== "" ? place : null,
  };
  const series = Number(weeks) > 0;
  const submit = () =>
    write.mutate(
      series
        ? { method: "post", rest: `/clients/${client}/appointment-series`, body: { ...one, every_weeks: Number(weeks), count: Number(count) } }
        : { method: "post", rest: `/clients/${client}/appointments`, body: one },
      { onSuccess: (made) => ((made.skipped ?? []).length === 0 ? onDone() : undefined) },
    );
  const skipped = write.data?.skipped ?? [];
  return (
    <form
      className="hc-form"
      aria-label={t("book")}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <NativeSelect
        size="sm"
        label={t("staff.type")}
        value={type.id}
        data={data.types.map((each) => ({ value: each.id, label: each.name }))}
        onChange={(event) => setType(data.types.find((each) => each.id === event.currentTarget.value))}
      />
      <NativeSelect
        size="sm"
        label={t("staff.with")}
        value={member}
        data={data.members.map((each) => ({ value: each.membership_id, label: each.name }))}
        onChange={(event) => setMember(event.currentTarget.value)}
      />
      <StartField value={starts} onChange={setStarts} words={words} />
      <NearTimes member={member} type={type.id} near={one.starts_at} words={words} onChoose={(at) => setStarts(localValue(Date.parse(at), zone))} />
      <NativeSelect
        size="sm"
        label={t("staff.medium")}
        value={how}
        data={type.media.map((each) => ({ value: each, label: t(`medium.${each}`) }))}
        onChange={(event) => setMedium(event.currentTarget.value as Medium)}
      />
      {how === "in_person" && data.places.length > 0 ? (
        <NativeSelect
          size="sm"
          label={t("staff.place")}
          value={place}
          data={data.places.map((each) => ({ value: each.id, label: each.name }))}
          onChange={(event) => setPlace(event.currentTarget.value)}
        />
      ) : null}
      <NativeSelect
        size="sm"
        label={t("series.every")}
        value={weeks}
        data={[0, 1, 2, 4].map((each) => ({ value: String(each), label: t(each === 0 ? "series.once" : "series.weeks", { count: each }) }))}
        onChange={(event) => setWeeks(event.currentTarget.value)}
      />
      {series ? (
        <TextInput
          size="sm"
          type="number"
          min={2}
          max={60}
          required
          label={t("series.count")}
          value={count}
          onChange={(event) => setCount(event.currentTarget.value)}
        />
      ) : null}
      <div className="hf-buttons hc-wide">
        <Button size="sm" type="submit" loading={write.isPending} disabled={skipped.length > 0}>{t("book")}</Button>
        <Button size="sm" variant="default" onClick={onDone}>{t(skipped.length > 0 ? "common:close" : "common:cancel")}</Button>
      </div>
      {skipped.length === 0 ? null : (
        <div className="hc-wide">
          <Notice tone="attention" live title={t("series.skipped", { count: skipped.length })}>
            {format.list(skipped.map((each) => format.dateTime(each.starts_at)))}
          </Notice>
        </div>
      )}
      {write.isError ? <div className="hc-wide"><ErrorState error={write.error} /></div> : null}
    </form>
  );
}

/** A week from now, at the next full hour. */
const nextWeek = (): number => Math.ceil((Date.now() + 7 * DAY) / 3_600_000) * 3_600_000;

interface NearTimesProps {
  readonly member: string;
  readonly type: string;
  readonly near: string;
  readonly words: AppointmentWords;
  readonly onChoose: (at: string) => void;
}

/** Free times from the chosen day on: chosen with one key, and any other time may be typed. */
function NearTimes({ member, type, near, words, onChoose }: NearTimesProps): ReactElement | null {
  const [opened] = useState(() => Date.now());
  const since = new Date(Math.max(Date.parse(`${near.slice(0, 10)}T00:00:00Z`), opened));
  const until = new Date(since.getTime() + 8 * DAY);
  const slots = useSlots({ member, type, since: since.toISOString(), until: until.toISOString() });
  const found = (slots.data ?? []).slice(0, 6);
  if (found.length === 0) return null;
  return (
    <div className="hc-wide hf-buttons" role="group" aria-label={words.t("staff.free")}>
      {found.map((each) => (
        <Button key={`${each.starts_at} ${each.place_id ?? ""}`} size="xs" variant="default" onClick={() => onChoose(each.starts_at)}>
          {words.format.soon(each.starts_at)}
        </Button>
      ))}
    </div>
  );
}
