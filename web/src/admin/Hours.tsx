import { Button, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";

import { Notice, Page, Panel, Query } from "@/design";

import "./admin.css";
import { AdminProblem } from "./AdminProblem";
import { useAdminWrite, useHours } from "./api";
import { copyDay, hourFaults, hoursOf, nextInterval, toMinutes, WEEKDAYS } from "./hoursModel";
import { useAdminWords } from "./language";
import type { ClosureRow, HoursView, OpeningHours } from "./types";

/** When somebody of the practice looks at flags. */
export function HoursPage(): ReactElement {
  const { t, timeZone } = useAdminWords();
  const hours = useHours();
  return (
    <Page title={t("hours.title")} lead={t("hours.lead", { zone: timeZone })} width="wide">
      <Query query={hours}>{(data) => <HoursForm view={data} />}</Query>
    </Page>
  );
}

interface Numbered extends OpeningHours {
  readonly key: number;
}

let lastKey = 0;
const numbered = (each: OpeningHours): Numbered => ({
  ...each,
  opens: toMinutes(each.opens),
  closes: toMinutes(each.closes),
  key: (lastKey += 1),
});

function HoursForm({ view }: { readonly view: HoursView }): ReactElement {
  const { t, weekday } = useAdminWords();
  const write = useAdminWrite();
  const [hours, setHours] = useState<Numbered[]>(() => view.hours.map(numbered));
  const [closures, setClosures] = useState<ClosureRow[]>(view.closures);
  const faults = hourFaults(hours);
  const change = (key: number, part: Partial<OpeningHours>) => {
    write.reset();
    setHours(hours.map((each) => (each.key === key ? { ...each, ...part } : each)));
  };
  const save = () =>
    write.mutate({
      method: "put",
      rest: "/monitored-hours",
      body: {
        hours: hours.map(({ weekday, opens, closes }) => ({ weekday, opens, closes })),
        closures,
      },
    });
  return (
    <form
      className="hf-stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (faults.length === 0) save();
      }}
    >
      <Panel title={t("hours.week")}>
        {WEEKDAYS.map((day) => {
          const fault = faults.find((each) => each.weekday === day);
          const intervals = hours.filter((each) => each.weekday === day);
          return (
            <div key={day} className="ha-day" role="group" aria-label={weekday(day)}>
              <h3>{weekday(day)}</h3>
              <div className="ha-intervals">
                {intervals.length === 0 ? <span className="hf-soft">{t("hours.closed")}</span> : null}
                {intervals.map((each) => (
                  <Interval
                    key={each.key}
                    hours={each}
                    onChange={(part) => change(each.key, part)}
                    onRemove={() => setHours(hours.filter((other) => other.key !== each.key))}
                  />
                ))}
                <span className="hf-buttons">
                  <Button
                    size="xs"
                    variant="subtle"
                    aria-label={t("hours.addNamed", { day: weekday(day) })}
                    onClick={() => setHours([...hours, numbered(nextInterval(hours, day))])}
                  >
                    {t("hours.add")}
                  </Button>
                  {day === 1 && intervals.length > 0 ? (
                    <Button
                      size="xs"
                      variant="subtle"
                      onClick={() => setHours(copyDay(hours, 1, [2, 3, 4, 5]).map(numbered))}
                    >
                      {t("hours.copy", { from: weekday(2), to: weekday(5) })}
                    </Button>
                  ) : null}
                </span>
                {fault === undefined ? null : <p role="alert">{t(`hours.fault.${fault.code}`)}</p>}
              </div>
            </div>
          );
        })}
      </Panel>
      <Closures closures={closures} onChange={setClosures} />
      {hoursOf(hours, 1).length === 0 && hours.length === 0 ? (
        <Notice tone="attention" title={t("hours.noneYet")} />
      ) : null}
      <div className="hf-buttons">
        <Button size="sm" type="submit" loading={write.isPending} disabled={faults.length > 0}>
          {t("common:save")}
        </Button>
        <span role="status">{write.isSuccess ? t("common:saved") : ""}</span>
      </div>
      {write.isError ? <AdminProblem error={write.error} /> : null}
    </form>
  );
}

interface IntervalProps {
  readonly hours: OpeningHours;
  readonly onChange: (part: Partial<OpeningHours>) => void;
  readonly onRemove: () => void;
}

function Interval({ hours, onChange, onRemove }: IntervalProps): ReactElement {
  const { t, weekday } = useAdminWords();
  const day = weekday(hours.weekday);
  return (
    <span className="ha-interval">
      <TextInput
        size="sm"
        type="time"
        required
        aria-label={t("hours.opensNamed", { day })}
        value={hours.opens}
        onChange={(event) => onChange({ opens: event.currentTarget.value })}
      />
      <span>{t("hours.to")}</span>
      <TextInput
        size="sm"
        type="time"
        required
        aria-label={t("hours.closesNamed", { day })}
        value={hours.closes}
        onChange={(event) => onChange({ closes: event.currentTarget.value })}
      />
      <Button size="xs" variant="subtle" aria-label={t("hours.removeNamed", { day, opens: hours.opens })} onClick={onRemove}>
        {t("common:remove")}
      </Button>
    </span>
  );
}

interface ClosuresProps {
  readonly closures: readonly ClosureRow[];
  readonly onChange: (closures: ClosureRow[]) => void;
}

/** Days on which the weekly hours do not hold: holidays, training, illness. */
function Closures({ closures, onChange }: ClosuresProps): ReactElement {
  const { t, date } = useAdminWords();
  const [on, setOn] = useState("");
  const [reason, setReason] = useState("");
  const add = () => {
    if (on === "") return;
    const others = closures.filter((each) => each.on !== on);
    onChange([...others, { on, reason: reason.trim() }].sort((a, b) => a.on.localeCompare(b.on)));
    setOn("");
    setReason("");
  };
  return (
    <Panel title={t("closures.title")}>
      <p className="hf-soft">{t("closures.lead")}</p>
      <ul className="ha-list">
        {closures.map((each) => (
          <li key={each.on}>
            <span className="ha-grow">
              <strong>{date(each.on)}</strong> {each.reason ? <span dir="auto">{each.reason}</span> : null}
            </span>
            <Button
              size="xs"
              variant="default"
              aria-label={t("closures.removeNamed", { day: date(each.on) })}
              onClick={() => onChange(closures.filter((other) => other.on !== each.on))}
            >
              {t("common:remove")}
            </Button>
          </li>
        ))}
      </ul>
      <div className="ha-form">
        <TextInput size="sm" type="date" label={t("closures.day")} value={on} onChange={(event) => setOn(event.currentTarget.value)} />
        <TextInput size="sm" label={t("closures.reason")} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        <div className="hf-buttons">
          <Button size="sm" variant="default" onClick={add} disabled={on === ""}>{t("closures.add")}</Button>
        </div>
      </div>
    </Panel>
  );
}
