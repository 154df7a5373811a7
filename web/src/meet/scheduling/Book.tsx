import { Button } from "@mantine/core";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { v7 as uuid7 } from "uuid";

import { ApiError } from "@/api/client";
import { useOwnRecord } from "@/api/session";
import { ErrorState, Notice, Page, Panel, Query } from "@/design";
import { useOnline } from "@/queue/online";

import { type Appointment, type Bookable, type Medium, useAppointments, useBookable, useWrite } from "./api";
import { Choose } from "./Choose";
import "./scheduling.css";
import type { Slot } from "./times";
import { type AppointmentWords, useAppointmentWords } from "./words";
import { When, Where } from "./When";

/** Book an appointment, or move one: one question after the other, and nothing kept half-done. */
export default function Book(): ReactElement {
  const words = useAppointmentWords();
  const { t } = words;
  const { clientId } = useOwnRecord();
  const { appointment: moving } = useParams({ strict: false });
  const bookable = useBookable(clientId);
  const appointments = useAppointments(clientId);
  const online = useOnline();
  return (
    <Page title={t(moving === undefined ? "booking.title" : "moving.title")}>
      {online ? (
        <Query query={bookable}>
          {(data) =>
            moving === undefined ? (
              <NewOne data={data} client={clientId} words={words} />
            ) : (
              <Query query={appointments}>
                {(items) => {
                  const found = items.find((each) => each.id === moving && each.status === "booked");
                  return found === undefined ? (
                    <Notice tone="attention">{t("moving.gone")}</Notice>
                  ) : (
                    <Move of={found} data={data} client={clientId} words={words} />
                  );
                }}
              </Query>
            )
          }
        </Query>
      ) : (
        <Notice tone="attention" live title={t("offline.title")}>{t("offline.text")}</Notice>
      )}
      <div className="hf-buttons">
        <Button component={Link} to="/appointments" variant="subtle">{t("booking.back")}</Button>
      </div>
    </Page>
  );
}

interface PartProps {
  readonly data: Bookable;
  readonly client: string;
  readonly words: AppointmentWords;
}

function NewOne({ data, client, words }: PartProps): ReactElement {
  const { t } = words;
  const only = <T,>(list: readonly T[]): T | null => (list.length === 1 ? (list[0] ?? null) : null);
  const [type, setType] = useState(() => only(data.types));
  const [member, setMember] = useState(() => only(data.members));
  const [slot, setSlot] = useState<Slot | null>(null);
  if (data.types.length === 0 || data.members.length === 0) return <Notice>{t("noneAsk")}</Notice>;
  if (type === null) {
    const options = data.types.map((each) => ({
      key: each.id,
      label: each.name,
      hint: t("minutes", { count: each.minutes }),
      choose: () => setType(each),
    }));
    return <Options title={t("booking.what")} options={options} />;
  }
  if (member === null) {
    const options = data.members.map((each) => ({
      key: each.membership_id,
      label: each.name,
      hint: "",
      choose: () => setMember(each),
    }));
    return <Options title={t("booking.who")} options={options} />;
  }
  if (slot === null) return <Choose member={member.membership_id} type={type.id} words={words} onChoose={setSlot} />;
  return (
    <Confirm
      key={slot.starts_at}
      slot={slot}
      data={data}
      withName={member.name}
      typeName={type.name}
      words={words}
      onOther={() => setSlot(null)}
      write={(id, medium) => ({
        rest: `/clients/${client}/appointments`,
        body: {
          id,
          membership_id: member.membership_id,
          type_id: type.id,
          starts_at: slot.starts_at,
          medium,
          place_id: medium === "in_person" ? slot.place_id : null,
        },
      })}
    />
  );
}

function Move({ of, data, client, words }: PartProps & { readonly of: Appointment }): ReactElement {
  const { t } = words;
  const [slot, setSlot] = useState<Slot | null>(null);
  return slot === null ? (
    <>
      <Panel title={t("moving.now")}>
        <When of={of} words={words} />
        <Where of={of} words={words} />
      </Panel>
      <Choose member={of.membership_id} type={of.type_id} moving={of} words={words} onChoose={setSlot} />
    </>
  ) : (
    <Confirm
      key={slot.starts_at}
      slot={slot}
      data={data}
      withName={of.with_name}
      typeName={of.type_name}
      words={words}
      onOther={() => setSlot(null)}
      write={(_, medium) => ({
        rest: `/clients/${client}/appointments/${of.id}/move`,
        body: {
          starts_at: slot.starts_at,
          sequence: of.sequence,
          medium,
          place_id: medium === "in_person" ? slot.place_id : null,
        },
      })}
    />
  );
}

interface Option {
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  readonly choose: () => void;
}

function Options({ title, options }: { readonly title: string; readonly options: readonly Option[] }): ReactElement {
  return (
    <>
      <h2 className="hf-panel-title">{title}</h2>
      <ul className="hm-days">
        {options.map((each) => (
          <li key={each.key}>
            <button type="button" onClick={each.choose}>
              <span dir="auto">{each.label}</span>
              <span className="hf-soft hf-small">{each.hint}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

interface ConfirmProps {
  readonly slot: Slot;
  readonly data: Bookable;
  readonly withName: string;
  readonly typeName: string;
  readonly words: AppointmentWords;
  readonly onOther: () => void;
  readonly write: (id: string, medium: Medium) => { rest: string; body: unknown };
}

/** Times that went while they were looked at. */
const GONE: ReadonlySet<string> = new Set(["slot-taken", "slot-not-offered"]);

function Confirm({ slot, data, withName, typeName, words, onOther, write }: ConfirmProps): ReactElement {
  const { t } = words;
  const navigate = useNavigate();
  // Sent again after a lost answer, the same booking is the same booking.
  const [id] = useState(() => uuid7());
  const [chosen, setChosen] = useState<Medium | null>(() => (slot.media.length === 1 ? (slot.media[0] as Medium) : null));
  const send = useWrite();
  const place = data.places.find((each) => each.id === slot.place_id) ?? null;
  const gone = send.error instanceof ApiError && GONE.has(send.error.code);
  if (chosen === null) {
    const options = slot.media.map((each) => ({
      key: each,
      label: t(`medium.${each as Medium}`),
      hint: each === "in_person" ? (place?.name ?? "") : "",
      choose: () => setChosen(each as Medium),
    }));
    return <Options title={t("booking.how")} options={options} />;
  }
  const shown = { ...slot, medium: chosen, place: chosen === "in_person" ? place : null, with_name: withName, type_name: typeName };
  return (
    <Panel title={t("booking.check")} testId="check">
      <When of={slot} words={words} />
      <Where of={shown} words={words} />
      {send.isError ? (
        gone ? (
          <Notice tone="attention" live title={t("booking.gone")}>{t("booking.goneText")}</Notice>
        ) : (
          <ErrorState error={send.error} />
        )
      ) : null}
      <div className="hf-buttons">
        {gone ? null : (
          <Button
            loading={send.isPending}
            onClick={() =>
              send.mutate(
                { method: "post", ...write(id, chosen) },
                { onSuccess: () => void navigate({ to: "/appointments" }) },
              )
            }
          >
            {t("booking.confirm")}
          </Button>
        )}
        <Button variant="default" onClick={onOther}>{t("booking.other")}</Button>
      </div>
    </Panel>
  );
}
