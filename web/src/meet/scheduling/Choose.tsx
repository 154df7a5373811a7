import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";

import { Notice, Query } from "@/design";

import { type Appointment, useSlots } from "./api";
import "./scheduling.css";
import { byDay, type Day, type Slot } from "./times";
import type { AppointmentWords } from "./words";

const WEEKS = 3;
const DAY = 86_400_000;

interface ChooseProps {
  readonly member: string;
  readonly type: string;
  /** The appointment to be moved: its own time is free for it, and no choice. */
  readonly moving?: Pick<Appointment, "id" | "starts_at">;
  readonly words: AppointmentWords;
  readonly onChoose: (slot: Slot) => void;
}

/** First the day, then the time. What is free is asked of the server each time, never of a copy. */
export function Choose({ member, type, moving, words, onChoose }: ChooseProps): ReactElement {
  const { t, zone } = words;
  const [opened] = useState(() => Date.now());
  const [page, setPage] = useState(0);
  const [day, setDay] = useState<string | null>(null);
  const since = new Date(opened + page * WEEKS * 7 * DAY);
  const until = new Date(since.getTime() + WEEKS * 7 * DAY);
  const slots = useSlots({ member, type, since: since.toISOString(), until: until.toISOString(), insteadOf: moving?.id });
  const turn = (by: number) => {
    setPage(page + by);
    setDay(null);
  };
  return (
    <Query query={slots}>
      {(found) => {
        const other = found.filter((each) => Date.parse(each.starts_at) !== Date.parse(moving?.starts_at ?? ""));
        const days = byDay(other, zone);
        const chosen = days.find((each) => each.day === day);
        return chosen === undefined ? (
          <div className="hf-stack">
            <Days days={days} words={words} onDay={setDay} />
            <div className="hf-buttons">
              {page === 0 ? null : (
                <Button variant="default" onClick={() => turn(-1)}>{t("choose.earlier")}</Button>
              )}
              <Button variant="default" onClick={() => turn(1)}>{t("choose.later")}</Button>
            </div>
          </div>
        ) : (
          <Times day={chosen} words={words} onChoose={onChoose} onBack={() => setDay(null)} />
        );
      }}
    </Query>
  );
}

interface DaysProps {
  readonly days: readonly Day[];
  readonly words: AppointmentWords;
  readonly onDay: (day: string) => void;
}

function Days({ days, words, onDay }: DaysProps): ReactElement {
  const { t, dayOf } = words;
  if (days.length === 0) return <Notice>{t("choose.none")}</Notice>;
  return (
    <>
      <h2 className="hf-panel-title">{t("choose.day")}</h2>
      <ul className="hm-days">
        {days.map((each) => (
          <li key={each.day}>
            <button type="button" onClick={() => onDay(each.day)}>
              <span>{dayOf(each.day)}</span>
              <span className="hf-soft hf-small">{t("choose.free", { count: each.slots.length })}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

interface TimesProps {
  readonly day: Day;
  readonly words: AppointmentWords;
  readonly onChoose: (slot: Slot) => void;
  readonly onBack: () => void;
}

function Times({ day, words, onChoose, onBack }: TimesProps): ReactElement {
  const { t, dayOf, time, elsewhere } = words;
  return (
    <div className="hf-stack">
      <h2 className="hf-panel-title">{dayOf(day.day)}</h2>
      <ul className="hm-times">
        {day.slots.map((slot) => {
          const there = elsewhere(slot.starts_at, slot.zone);
          return (
            <li key={`${slot.starts_at} ${slot.place_id ?? ""}`}>
              <button type="button" onClick={() => onChoose(slot)}>
                <span className="hm-time">{time(slot.starts_at)}</span>
                {there === null ? null : <span className="hf-soft hf-small">{t("there", { time: there })}</span>}
              </button>
            </li>
          );
        })}
      </ul>
      <div className="hf-buttons">
        <Button variant="subtle" onClick={onBack}>{t("choose.otherDay")}</Button>
      </div>
    </div>
  );
}
