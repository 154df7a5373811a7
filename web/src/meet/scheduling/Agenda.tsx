import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { lazy, type ReactElement, Suspense, useRef, useState } from "react";

import { useActive } from "@/api/session";
import { useCommands, useRowKeys } from "@/clinician/keys";
import { Tag } from "@/clinician/marks";
import { Shortcuts } from "@/clinician/Shortcuts";
import { Page, Query } from "@/design";

import { type AgendaItem, useAgenda, useSinceLines } from "./api";
import "./scheduling.css";
import type { SinceLine } from "./since";
import { SinceRow } from "./SinceRow";
import { dayOf, daysLater, weekStart } from "./times";
import { type AppointmentWords, useAppointmentWords } from "./words";

const JoinButton = lazy(() => import("@/meet/rooms/JoinButton"));

const KEYS = [
  ["j", "next"],
  ["k", "previous"],
  ["Enter", "openPerson"],
  ["[ ]", "week"],
  [".", "today"],
  ["d", "oneDay"],
  ["v", "join"],
  ["w", "writeNote"],
  ["?", "show"],
] as const;

/** One's own week, or day: who comes when, walked through by keyboard. */
export function AgendaPage(): ReactElement {
  const { me, practice } = useActive();
  const words = useAppointmentWords(me.time_zone || practice.time_zone);
  const { t, zone, format } = words;
  const [opened] = useState(() => Date.now());
  const [since, setSince] = useState(() => weekStart(opened, zone));
  const [days, setDays] = useState<1 | 7>(7);
  const until = daysLater(since, days, zone);
  const agenda = useAgenda(new Date(since).toISOString(), new Date(until).toISOString());
  const lines = useSinceLines(new Date(since).toISOString(), new Date(until).toISOString());
  const list = useRef<HTMLDivElement>(null);
  /** A link of the row that has the focus, or of the first that has one. */
  const follow = (mark: string) => {
    const row = document.activeElement?.closest(".hm-row") ?? list.current;
    row?.querySelector<HTMLElement>(`[data-${mark}] a, a[data-${mark}]`)?.click();
  };
  const today = daysLater(weekStart(opened, zone), weekday(opened, zone), zone);
  const turn = (by: number) => setSince(daysLater(since, by * days, zone));
  const change = (to: 1 | 7) => {
    setDays(to);
    setSince(to === 1 ? today : weekStart(since, zone));
  };
  useRowKeys(list);
  useCommands({
    "[": () => turn(-1),
    "]": () => turn(1),
    ".": () => setSince(days === 1 ? today : weekStart(opened, zone)),
    d: () => change(days === 1 ? 7 : 1),
    v: () => follow("join"),
    w: () => follow("note"),
  });
  return (
    <Page
      title={t("agenda.title")}
      lead={days === 1 ? format.date(new Date(since)) : t("agenda.week", { from: format.date(new Date(since)), to: format.date(new Date(until - 1)) })}
      width="wide"
      actions={<Shortcuts keys={KEYS} />}
    >
      <div className="hf-buttons">
        <Button size="xs" variant="default" onClick={() => turn(-1)}>{t("agenda.earlier")}</Button>
        <Button size="xs" variant="default" onClick={() => setSince(days === 1 ? today : weekStart(opened, zone))}>
          {t("agenda.today")}
        </Button>
        <Button size="xs" variant="default" onClick={() => turn(1)}>{t("agenda.later")}</Button>
        <Button size="xs" variant="default" aria-pressed={days === 1} onClick={() => change(days === 1 ? 7 : 1)}>
          {t("agenda.oneDay")}
        </Button>
        <Button component={Link} to="/agenda/hours" size="xs" variant="default">{t("hours.title")}</Button>
        <Button component={Link} to="/agenda/statistics" size="xs" variant="default">{t("day:attendance.title")}</Button>
      </div>
      <Query query={agenda}>
        {(items) => (
          <div ref={list} className="hm-agenda">
            {items.length === 0 ? <p className="hf-soft">{t("agenda.none")}</p> : <Days items={items} words={words} lines={lines.data ?? NONE} />}
          </div>
        )}
      </Query>
    </Page>
  );
}

const NONE: ReadonlyMap<string, SinceLine> = new Map();

const weekday = (at: number, zone: string): number =>
  (new Date(`${dayOf(at, zone)}T00:00:00Z`).getUTCDay() + 6) % 7;

interface DaysProps {
  readonly items: readonly AgendaItem[];
  readonly words: AppointmentWords;
  readonly lines: ReadonlyMap<string, SinceLine>;
}

function Days({ items, words, lines }: DaysProps): ReactElement {
  const days = new Map<string, AgendaItem[]>();
  for (const each of items) {
    const day = dayOf(each.starts_at, words.zone);
    days.set(day, [...(days.get(day) ?? []), each]);
  }
  return (
    <>
      {[...days].map(([day, found]) => (
        <section key={day} aria-label={words.dayOf(day)}>
          <h2>{words.dayOf(day)}</h2>
          <ul>
            {found.map((each) => (
              <li key={each.id} className="hm-row" data-status={each.status}>
                <Row item={each} words={words} lines={lines} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

interface RowProps {
  readonly item: AgendaItem;
  readonly words: AppointmentWords;
  readonly lines: ReadonlyMap<string, SinceLine>;
}

function Row({ item, words, lines }: RowProps): ReactElement {
  const { t, time } = words;
  const there = words.elsewhere(item.starts_at, item.zone);
  const confirmed = item.people.length > 0 && item.people.every((each) => each.confirmed_at !== null);
  return (
    <>
      <span className="hm-time">
        {time(item.starts_at)} – {time(item.ends_at)}
      </span>
      <span>
        {item.people.map((each, index) => (
          <span key={each.client_id}>
            {index === 0 ? "" : ", "}
            <Link to="/people/$clientId" params={{ clientId: each.client_id }} data-row dir="auto">
              {each.name}
            </Link>
          </span>
        ))}
        <span className="hf-soft hf-small">
          {" "}
          {[
            item.type_name,
            t(`medium.${item.medium}`),
            item.place?.name ?? "",
            item.capacity > 1 ? t("agenda.places", { taken: item.people.length, of: item.capacity }) : "",
            there === null ? "" : t("there", { time: there }),
          ]
            .filter((part) => part !== "")
            .join(" · ")}
        </span>
        {item.status === "booked"
          ? item.people.map(({ client_id }) => {
              const line = lines.get(client_id);
              return line === undefined ? null : <SinceRow key={client_id} line={line} />;
            })
          : null}
      </span>
      <span className="hm-row-actions">
        <Visits item={item} words={words} />
        <Tag>{t(item.status === "booked" ? (confirmed ? "agenda.confirmed" : "agenda.open") : `status.${item.status}`)}</Tag>
      </span>
    </>
  );
}

/** Into the visit while there is a way, and to its note. */
function Visits({ item, words }: { readonly item: AgendaItem; readonly words: AppointmentWords }): ReactElement {
  const { t } = words;
  const visits = item.people.filter((each) => each.encounter_id !== null && each.visit !== "cancelled");
  return (
    <>
      {visits.map((each) => (
        <span key={each.client_id} data-join className="hm-row-actions">
          <Suspense>
            <JoinButton
              clientId={each.client_id}
              encounterId={each.encounter_id ?? ""}
              startsAt={item.starts_at}
              medium={item.medium}
              status={each.visit ?? "planned"}
              size="xs"
            />
          </Suspense>
        </span>
      ))}
      {visits.map((each) => (
        <Button
          key={each.client_id}
          component={Link}
          to={`/visits/${each.client_id}/${each.encounter_id ?? ""}/note`}
          data-note
          size="xs"
          variant="default"
          aria-label={t("day:note.openNamed", { name: each.name })}
        >
          {t("day:note.open")}
        </Button>
      ))}
      {visits.map((each) => (
        <Button
          key={each.client_id}
          component={Link}
          to={`/people/${each.client_id}`}
          hash="messages"
          size="xs"
          variant="subtle"
          aria-label={t("day:messages.openNamed", { name: each.name })}
        >
          {t("day:messages.open")}
        </Button>
      ))}
    </>
  );
}
