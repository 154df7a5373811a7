import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useRef, useState } from "react";

import { useActive } from "@/api/session";
import { useCommands, useRowKeys } from "@/clinician/keys";
import { Tag } from "@/clinician/marks";
import { Shortcuts } from "@/clinician/Shortcuts";
import { Page, Query } from "@/design";

import { type AgendaItem, useAgenda } from "./api";
import "./scheduling.css";
import { dayOf, daysLater, weekStart } from "./times";
import { type AppointmentWords, useAppointmentWords } from "./words";

const KEYS = [
  ["j", "next"],
  ["k", "previous"],
  ["Enter", "openPerson"],
  ["[ ]", "week"],
  [".", "today"],
  ["d", "oneDay"],
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
  const list = useRef<HTMLDivElement>(null);
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
      </div>
      <Query query={agenda}>
        {(items) => (
          <div ref={list} className="hm-agenda">
            {items.length === 0 ? <p className="hf-soft">{t("agenda.none")}</p> : <Days items={items} words={words} />}
          </div>
        )}
      </Query>
    </Page>
  );
}

const weekday = (at: number, zone: string): number =>
  (new Date(`${dayOf(at, zone)}T00:00:00Z`).getUTCDay() + 6) % 7;

function Days({ items, words }: { readonly items: readonly AgendaItem[]; readonly words: AppointmentWords }): ReactElement {
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
                <Row item={each} words={words} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function Row({ item, words }: { readonly item: AgendaItem; readonly words: AppointmentWords }): ReactElement {
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
      </span>
      <Tag>{t(item.status === "booked" ? (confirmed ? "agenda.confirmed" : "agenda.open") : `status.${item.status}`)}</Tag>
    </>
  );
}
