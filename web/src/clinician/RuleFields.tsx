import { Checkbox, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import type { ReactElement } from "react";

import { CADENCES, type Cadence, type EventName, EVENTS, REMINDERS, type RuleForm, SNOOZES, WINDOWS } from "./ruleModel";
import { useRuleWords } from "./ruleWords";

interface Props {
  readonly form: RuleForm;
  readonly onChange: (change: Partial<RuleForm>) => void;
}

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const THREE_TIMES = [0, 1, 2] as const;

/** How often; what else is to be said depends on it. */
export function RuleFields({ form, onChange }: Props): ReactElement {
  const { t } = useRuleWords();
  const cadence = (value: Cadence): string => {
    if (value === "once") return t("cadence.once");
    return /^\d+$/.test(value) ? t("cadence.every", { count: Number(value) }) : t(`cadence.${value}`);
  };
  return (
    <>
      <NativeSelect
        size="sm"
        label={t("field.cadence")}
        value={form.cadence}
        onChange={(event) => onChange({ cadence: event.currentTarget.value as Cadence })}
        data={CADENCES.map((value) => ({ value, label: cadence(value) }))}
      />
      <TextInput
        size="sm"
        type="date"
        required
        label={t("field.starts")}
        value={form.starts}
        onChange={(event) => onChange({ starts: event.currentTarget.value })}
      />
      {form.cadence === "once" ? null : (
        <TextInput
          size="sm"
          type="date"
          label={t("field.ends")}
          min={form.starts}
          value={form.ends}
          onChange={(event) => onChange({ ends: event.currentTarget.value })}
        />
      )}
      <Particulars form={form} onChange={onChange} />
      <Telling form={form} onChange={onChange} />
    </>
  );
}

function Particulars({ form, onChange }: Props): ReactElement | null {
  const { t } = useRuleWords();
  switch (form.cadence) {
    case "weekly":
      return (
        <>
          <Weekdays form={form} onChange={onChange} />
          <Clock label={t("field.time")} value={form.time} onChange={(time) => onChange({ time })} />
        </>
      );
    case "daily_times":
      return <Times form={form} onChange={onChange} />;
    case "moments":
      return (
        <>
          <Count label={t("field.perDay")} value={form.perDay} most={10} onChange={(perDay) => onChange({ perDay })} />
          <Clock label={t("field.wakes")} value={form.wakes} onChange={(wakes) => onChange({ wakes })} />
          <Clock label={t("field.sleeps")} value={form.sleeps} onChange={(sleeps) => onChange({ sleeps })} />
          <Count label={t("field.gap")} value={form.gap} most={600} onChange={(gap) => onChange({ gap })} />
        </>
      );
    case "event":
      return (
        <>
          <NativeSelect
            size="sm"
            label={t("field.event")}
            value={form.event}
            onChange={(event) => onChange({ event: event.currentTarget.value as EventName })}
            data={EVENTS.map((value) => ({ value, label: t(`event.${value}`) }))}
          />
          <Count
            label={t("field.afterDays")}
            value={form.afterDays}
            least={0}
            most={366}
            onChange={(afterDays) => onChange({ afterDays })}
          />
          <Clock label={t("field.time")} value={form.time} onChange={(time) => onChange({ time })} />
        </>
      );
    default:
      return <Clock label={t("field.time")} value={form.time} onChange={(time) => onChange({ time })} />;
  }
}

function Weekdays({ form, onChange }: Props): ReactElement {
  const { t, shortDay, longDay } = useRuleWords();
  const toggled = (day: number): number[] =>
    form.weekdays.includes(day) ? form.weekdays.filter((each) => each !== day) : [...form.weekdays, day];
  return (
    <fieldset className="hc-wide hc-days">
      <legend>{t("field.weekdays")}</legend>
      {WEEKDAYS.map((day) => (
        <Checkbox
          key={day}
          size="sm"
          label={shortDay(day)}
          aria-label={longDay(day)}
          checked={form.weekdays.includes(day)}
          onChange={() => onChange({ weekdays: toggled(day) })}
        />
      ))}
    </fieldset>
  );
}

/** Up to three times a day; a field that is empty asks nothing. */
function Times({ form, onChange }: Props): ReactElement {
  const { t } = useRuleWords();
  const replaced = (position: number, time: string): string[] =>
    form.times.map((each, at) => (at === position ? time : each));
  return (
    <>
      {THREE_TIMES.map((position) => (
        <Clock
          key={position}
          label={t("field.timeNumber", { number: position + 1 })}
          value={form.times[position] ?? ""}
          onChange={(value) => onChange({ times: replaced(position, value) })}
        />
      ))}
    </>
  );
}

/** How long it stands open, and how the person is reminded. */
function Telling({ form, onChange }: Props): ReactElement {
  const { t, length } = useRuleWords();
  const number = (value: string): number => Number(value);
  return (
    <>
      <NativeSelect
        size="sm"
        label={t("field.window")}
        value={String(form.window)}
        onChange={(event) => onChange({ window: number(event.currentTarget.value) })}
        data={WINDOWS.map((value) => ({
          value: String(value),
          label: value > 0 ? length(value) : form.cadence === "moments" ? length(60) : t("window.next"),
        })).filter((option, position, all) => position === 0 || option.label !== all[0]?.label)}
      />
      <NativeSelect
        size="sm"
        label={t("field.reminder")}
        value={String(form.reminder)}
        onChange={(event) => onChange({ reminder: number(event.currentTarget.value) })}
        data={REMINDERS.map((value) => ({
          value: String(value),
          label: value === 0 ? t("none") : t("afterOpening", { length: length(value) }),
        }))}
      />
      <NativeSelect
        size="sm"
        label={t("field.snoozes")}
        value={String(form.snoozes)}
        onChange={(event) => onChange({ snoozes: number(event.currentTarget.value) })}
        data={SNOOZES.map((value) => ({
          value: String(value),
          label: value === 0 ? t("none") : t("words.snoozes", { count: value }),
        }))}
      />
    </>
  );
}

interface ClockProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Clock({ label, value, onChange }: ClockProps): ReactElement {
  return (
    <TextInput
      size="sm"
      type="time"
      label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface CountProps {
  readonly label: string;
  readonly value: number;
  readonly least?: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
}

function Count({ label, value, least = 1, most, onChange }: CountProps): ReactElement {
  return (
    <NumberInput
      size="sm"
      label={label}
      min={least}
      max={most}
      clampBehavior="strict"
      allowDecimal={false}
      value={value}
      onChange={(next) => onChange(typeof next === "number" ? next : least)}
    />
  );
}
