import { Button, Checkbox } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { v7 as uuid7 } from "uuid";

import { ErrorState, Panel } from "@/design";
import { useOnline } from "@/queue/online";

import { type Appointment, MEDIA, type Offer, useWrite, type Waiting } from "./api";
import { dayOf } from "./times";
import type { AppointmentWords } from "./words";
import { When, Where } from "./When";

interface OffersProps {
  readonly waiting: readonly Waiting[];
  readonly client: string;
  readonly words: AppointmentWords;
}

/** Earlier times that became free: the first to take one has it. */
export function Offers({ waiting, client, words }: OffersProps): ReactElement | null {
  const [opened] = useState(() => Date.now());
  const open = waiting.flatMap((entry) =>
    entry.offers
      .filter((offer) => ["open", "expired"].includes(offer.state) && Date.parse(offer.starts_at) > opened)
      .map((offer) => ({ entry, offer })),
  );
  if (open.length === 0) return null;
  return (
    <>
      {open.map(({ entry, offer }) => (
        <OneOffer key={offer.id} offer={offer} entry={entry} client={client} words={words} />
      ))}
    </>
  );
}

interface OneOfferProps {
  readonly offer: Offer;
  readonly entry: Waiting;
  readonly client: string;
  readonly words: AppointmentWords;
}

function OneOffer({ offer, entry, client, words }: OneOfferProps): ReactElement {
  const { t, format } = words;
  const online = useOnline();
  const write = useWrite();
  const answer = (word: "accept" | "decline") =>
    write.mutate({ method: "post", rest: `/clients/${client}/slot-offers/${offer.id}/${word}` });
  return (
    <Panel title={t("offer.title")} tone="calm" testId="offer">
      <When of={offer} words={words} />
      <Where of={{ ...offer, with_name: entry.with_name, type_name: entry.type_name }} words={words} />
      <p className="hf-soft">
        {t(offer.state === "open" ? "offer.until" : "offer.over", { time: format.soon(offer.expires_at) })}
        {entry.appointment_id === null ? "" : ` ${t("offer.instead")}`}
      </p>
      <div className="hf-buttons">
        <Button loading={write.isPending} disabled={!online} onClick={() => answer("accept")}>
          {t("offer.accept")}
        </Button>
        <Button variant="default" disabled={!online} onClick={() => answer("decline")}>{t("offer.decline")}</Button>
      </div>
      {write.isError ? <ErrorState error={write.error} /> : null}
    </Panel>
  );
}

interface WaitButtonProps {
  readonly appointment: Appointment;
  readonly client: string;
  readonly waiting: readonly Waiting[];
  readonly words: AppointmentWords;
}

/** "Tell me of earlier times", for one appointment; pressed again, no more. */
export function WaitButton({ appointment, client, waiting, words }: WaitButtonProps): ReactElement {
  const { t } = words;
  const online = useOnline();
  const [id] = useState(() => uuid7());
  const write = useWrite();
  const entry = waiting.find((each) => each.appointment_id === appointment.id);
  const toggle = () =>
    entry === undefined
      ? write.mutate({
          method: "post",
          rest: `/clients/${client}/waiting-entries`,
          body: {
            id,
            membership_id: appointment.membership_id,
            type_id: appointment.type_id,
            appointment_id: appointment.id,
            until: dayOf(appointment.starts_at, appointment.zone),
            media: [],
            weekdays: [],
          },
        })
      : write.mutate({ method: "delete", rest: `/clients/${client}/waiting-entries/${entry.id}` });
  return (
    <>
      <Button variant="subtle" disabled={!online} loading={write.isPending} aria-pressed={entry !== undefined} onClick={toggle}>
        {t(entry === undefined ? "wait" : "waiting")}
      </Button>
      {entry === undefined ? null : (
        <Wishes key={entry.id} entry={entry} client={client} words={words} />
      )}
    </>
  );
}

interface WishesProps {
  readonly entry: Waiting;
  readonly client: string;
  readonly words: AppointmentWords;
}

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** Which earlier times somebody wants to hear of: every one, or those of some days or ways to meet. */
function Wishes({ entry, client, words }: WishesProps): ReactElement {
  const { t } = words;
  const online = useOnline();
  const [days, setDays] = useState<string[]>(() => entry.weekdays.map(String));
  const [media, setMedia] = useState<string[]>(() => [...entry.media]);
  const write = useWrite();
  const narrow = entry.weekdays.length > 0 || entry.media.length > 0;
  const said = [
    ...entry.weekdays.map((day) => words.weekday(day)),
    ...entry.media.map((medium) => t(`medium.${medium}`)),
  ];
  const save = (): void =>
    write.mutate({
      method: "put",
      rest: `/clients/${client}/waiting-entries/${entry.id}`,
      body: { weekdays: days.map(Number), media },
    });
  return (
    <details className="hm-more">
      <summary>{narrow ? said.join(" · ") : t("waitFor.any")}</summary>
      <div className="hf-stack">
        <p className="hf-soft hf-small">{t("waitFor.none")}</p>
        <Checkbox.Group label={t("waitFor.days")} value={days} onChange={setDays}>
          <div className="hm-media">
            {DAYS.map((day) => <Checkbox key={day} size="sm" value={String(day)} label={words.weekday(day)} />)}
          </div>
        </Checkbox.Group>
        <Checkbox.Group label={t("waitFor.media")} value={media} onChange={setMedia}>
          <div className="hm-media">
            {MEDIA.map((each) => <Checkbox key={each} size="sm" value={each} label={t(`medium.${each}`)} />)}
          </div>
        </Checkbox.Group>
        <div className="hf-buttons">
          <Button size="sm" variant="default" disabled={!online} loading={write.isPending} onClick={save}>
            {t("common:save")}
          </Button>
        </div>
        {write.isError ? <ErrorState error={write.error} /> : null}
      </div>
    </details>
  );
}
