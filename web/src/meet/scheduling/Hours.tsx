import { Button, Checkbox, NativeSelect, Switch, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";

import { useActive } from "@/api/session";
import { ErrorState, Page, Panel, Query } from "@/design";

import { type Availability, availabilityPath, type ExceptionDay, MEDIA, type Medium, type Place, type Rule, useAvailability, usePlaces, useWrite } from "./api";
import { hhmm, isOver, keyed, type Keyed, moveTo, newRule, ruleFaults, whole } from "./availability";
import "./scheduling.css";
import { dayOf } from "./times";
import { type AppointmentWords, useAppointmentWords } from "./words";

/** One's own hours. */
export function HoursPage(): ReactElement {
  const { me, practice } = useActive();
  const words = useAppointmentWords(me.time_zone || practice.time_zone);
  return (
    <Page title={words.t("hours.title")} lead={words.t("hours.lead")} width="wide">
      <HoursEditor member={null} words={words} />
    </Page>
  );
}

interface EditorProps {
  /** A colleague's membership; null for one's own. */
  readonly member: string | null;
  readonly words: AppointmentWords;
}

export function HoursEditor({ member, words }: EditorProps): ReactElement {
  const seen = useAvailability(member);
  const places = usePlaces();
  return (
    <Query query={seen}>
      {(data) => (
        // What was saved, or changed by somebody else, is begun with anew.
        <Form key={data.revision} seen={data} member={member} places={places.data ?? []} words={words} />
      )}
    </Query>
  );
}

interface FormProps extends EditorProps {
  readonly seen: Availability;
  readonly places: readonly Place[];
}

function Form({ seen, member, places, words }: FormProps): ReactElement {
  const { t, zone } = words;
  const write = useWrite<Availability>();
  const [rules, setRules] = useState<Keyed<Rule>[]>(() => seen.rules.map(keyed));
  const [days, setDays] = useState<Keyed<ExceptionDay>[]>(() => seen.exceptions.map(keyed));
  const [today] = useState(() => dayOf(Date.now(), zone));
  const own = rules.at(-1)?.value.time_zone ?? zone;
  const faults = ruleFaults(rules.map((each) => each.value));
  const save = () =>
    write.mutate({
      method: "put",
      rest: availabilityPath(member),
      body: whole(seen, rules.map((each) => each.value), days.map((each) => each.value)),
    });
  const change = (key: number, part: Partial<Rule>) =>
    setRules(rules.map((each) => (each.key === key ? { key, value: { ...each.value, ...part } } : each)));
  return (
    <form
      className="hf-stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (faults.size === 0) save();
      }}
    >
      <Panel title={t("hours.week")}>
        <p className="hf-soft">{t("hours.wall")}</p>
        {[1, 2, 3, 4, 5, 6, 7].map((weekday) => (
          <fieldset key={weekday} className="hm-day">
            <legend>{words.weekday(weekday)}</legend>
            {rules.map((each, index) =>
              each.value.weekday !== weekday || isOver(each.value, today) ? null : (
                <RuleRow
                  key={each.key}
                  rule={each.value}
                  fault={faults.get(index)}
                  foreign={each.value.time_zone !== own}
                  places={places}
                  words={words}
                  onChange={(part) => change(each.key, part)}
                  onRemove={() => setRules(rules.filter((other) => other.key !== each.key))}
                />
              ),
            )}
            <Button
              size="xs"
              variant="subtle"
              aria-label={t("hours.addNamed", { day: words.weekday(weekday) })}
              onClick={() => setRules([...rules, keyed(newRule(weekday, own, today))])}
            >
              {t("hours.add")}
            </Button>
          </fieldset>
        ))}
      </Panel>
      <OtherDays days={days} zone={own} words={words} onChange={setDays} />
      <Moving
        zone={own}
        words={words}
        onMove={(on, to) => setRules(moveTo(rules.map((each) => each.value), on, to).map(keyed))}
      />
      <div className="hf-buttons">
        <Button size="sm" type="submit" loading={write.isPending} disabled={faults.size > 0}>{t("common:save")}</Button>
        <span role="status">{write.isSuccess ? t("common:saved") : ""}</span>
      </div>
      {write.isError ? <ErrorState error={write.error} /> : null}
    </form>
  );
}

interface RuleRowProps {
  readonly rule: Rule;
  readonly fault: "order" | "media" | undefined;
  readonly foreign: boolean;
  readonly places: readonly Place[];
  readonly words: AppointmentWords;
  readonly onChange: (part: Partial<Rule>) => void;
  readonly onRemove: () => void;
}

function RuleRow({ rule, fault, foreign, places, words, onChange, onRemove }: RuleRowProps): ReactElement {
  const { t } = words;
  const day = words.weekday(rule.weekday);
  return (
    <div className="hm-rule">
      <TextInput
        size="sm"
        type="time"
        required
        aria-label={t("hours.fromNamed", { day })}
        value={hhmm(rule.from_time)}
        onChange={(event) => onChange({ from_time: event.currentTarget.value })}
      />
      <TextInput
        size="sm"
        type="time"
        required
        aria-label={t("hours.untilNamed", { day })}
        value={hhmm(rule.until_time)}
        onChange={(event) => onChange({ until_time: event.currentTarget.value })}
      />
      <Button size="xs" variant="subtle" aria-label={t("hours.removeNamed", { day, from: hhmm(rule.from_time) })} onClick={onRemove}>
        {t("common:remove")}
      </Button>
      {foreign ? <span className="hf-soft hf-small">{rule.time_zone}</span> : null}
      <details className="hm-more">
        <summary>{told(rule, places, words)}</summary>
        <div className="hm-rule">
          <MediaBoxes media={rule.media} words={words} onChange={(media) => onChange({ media })} />
          {places.length === 0 ? null : (
            <NativeSelect
              size="sm"
              aria-label={t("hours.placeNamed", { day })}
              value={rule.place_id ?? ""}
              data={[{ value: "", label: t("hours.noPlace") }, ...places.map((each) => ({ value: each.id, label: each.name }))]}
              onChange={(event) => onChange({ place_id: event.currentTarget.value || null })}
            />
          )}
          <TextInput
            size="sm"
            type="date"
            label={t("hours.validFrom")}
            value={rule.valid_from}
            onChange={(event) => onChange({ valid_from: event.currentTarget.value || rule.valid_from })}
          />
          <TextInput
            size="sm"
            type="date"
            label={t("hours.validUntil")}
            value={rule.valid_until ?? ""}
            onChange={(event) => onChange({ valid_until: event.currentTarget.value || null })}
          />
        </div>
      </details>
      {fault === undefined ? null : <p role="alert">{t(`hours.fault.${fault}`)}</p>}
    </div>
  );
}

/** In a line: how one can meet then, where, and since or until when where that is no matter of course. */
function told(rule: Rule, places: readonly Place[], { t, format, zone }: AppointmentWords): string {
  const today = dayOf(Date.now(), zone);
  const until = rule.valid_until ?? null;
  return [
    ...rule.media.map((each) => t(`medium.${each}`)),
    places.find((each) => each.id === rule.place_id)?.name ?? "",
    rule.valid_from > today ? t("hours.since", { day: format.day(rule.valid_from) }) : "",
    until === null ? "" : t("hours.untilDay", { day: format.day(until) }),
  ]
    .filter((part) => part !== "")
    .join(" · ");
}

interface MediaBoxesProps {
  readonly media: readonly Medium[];
  readonly words: AppointmentWords;
  readonly onChange: (media: Medium[]) => void;
}

export function MediaBoxes({ media, words, onChange }: MediaBoxesProps): ReactElement {
  return (
    <span className="hm-media">
      {MEDIA.map((each) => (
        <Checkbox
          key={each}
          size="sm"
          label={words.t(`medium.${each}`)}
          checked={media.includes(each)}
          onChange={(event) =>
            onChange(event.currentTarget.checked ? [...media, each] : media.filter((other) => other !== each))
          }
        />
      ))}
    </span>
  );
}

interface OtherDaysProps {
  readonly days: readonly Keyed<ExceptionDay>[];
  readonly zone: string;
  readonly words: AppointmentWords;
  readonly onChange: (days: Keyed<ExceptionDay>[]) => void;
}

/** Dates on which it is otherwise: away, or there beside the usual hours. */
function OtherDays({ days, zone, words, onChange }: OtherDaysProps): ReactElement {
  const { t, format } = words;
  const [on, setOn] = useState("");
  const [open, setOpen] = useState(false);
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const [media, setMedia] = useState<Medium[]>(["video"]);
  const timed = from !== "" && until !== "";
  const fits = on !== "" && (open ? timed && media.length > 0 : timed || (from === "" && until === ""));
  const add = () => {
    const one: ExceptionDay = {
      on,
      open,
      time_zone: zone,
      from_time: timed ? from : null,
      until_time: timed ? until : null,
      media: open ? media : [],
      place_id: null,
    };
    onChange([...days, keyed(one)].sort((a, b) => a.value.on.localeCompare(b.value.on)));
    setOn("");
    setFrom("");
    setUntil("");
  };
  return (
    <Panel title={t("other.title")}>
      <ul className="hf-plain-list">
        {days.map(({ key, value }) => (
          <li key={key} className="hf-row">
            <span>
              <strong>{format.day(value.on)}</strong>{" "}
              {t(value.open ? "other.there" : value.from_time ? "other.awayHours" : "other.away", {
                from: hhmm(value.from_time),
                until: hhmm(value.until_time),
              })}
            </span>
            <Button
              size="xs"
              variant="subtle"
              aria-label={t("other.removeNamed", { day: format.day(value.on) })}
              onClick={() => onChange(days.filter((each) => each.key !== key))}
            >
              {t("common:remove")}
            </Button>
          </li>
        ))}
      </ul>
      <div className="hm-fields">
        <TextInput size="sm" type="date" label={t("other.day")} value={on} onChange={(event) => setOn(event.currentTarget.value)} />
        <TextInput size="sm" type="time" label={t("hours.from")} description={open ? undefined : t("other.orAllDay")} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
        <TextInput size="sm" type="time" label={t("hours.until")} value={until} onChange={(event) => setUntil(event.currentTarget.value)} />
        <Switch size="sm" label={t("other.open")} checked={open} onChange={(event) => setOpen(event.currentTarget.checked)} />
        {open ? <MediaBoxes media={media} words={words} onChange={setMedia} /> : null}
        <div className="hf-buttons">
          <Button size="sm" variant="default" disabled={!fits} onClick={add}>{t("other.add")}</Button>
        </div>
      </div>
    </Panel>
  );
}

interface MovingProps {
  readonly zone: string;
  readonly words: AppointmentWords;
  readonly onMove: (on: string, zone: string) => void;
}

/** The hours go with somebody who moves: the same times on another wall, from a day on. */
function Moving({ zone, words, onMove }: MovingProps): ReactElement {
  const { t } = words;
  const [on, setOn] = useState("");
  const [to, setTo] = useState(zone);
  return (
    <Panel title={t("zone.title")}>
      <p className="hf-soft">{t("zone.text", { zone })}</p>
      <div className="hm-fields">
        <TextInput size="sm" type="date" label={t("zone.from")} value={on} onChange={(event) => setOn(event.currentTarget.value)} />
        <NativeSelect size="sm" label={t("zone.zone")} value={to} data={zones(zone)} onChange={(event) => setTo(event.currentTarget.value)} />
        <div className="hf-buttons">
          <Button size="sm" variant="default" disabled={on === "" || to === zone} onClick={() => onMove(on, to)}>
            {t("zone.move")}
          </Button>
        </div>
      </div>
    </Panel>
  );
}

const zones = (present: string): string[] => [...new Set([present, ...Intl.supportedValuesOf("timeZone")])].sort();
