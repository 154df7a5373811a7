import { Button, Checkbox, NativeSelect, NumberInput, Switch, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";

import { Notice, Panel } from "@/design";

import { useOwnChange } from "./api";
import { Problem } from "./Problem";
import type { Listening, ListeningBody } from "./types";
import { SPOKEN, usePeerWords } from "./words";

const MOST_AT_ONCE = 5;

interface Props {
  readonly topics: readonly string[];
  readonly listening: Listening;
}

/** About what, in which languages, when and how many at once somebody listens. */
export function Availability({ topics, listening }: Props): ReactElement {
  const { t, tongue } = usePeerWords();
  const save = useOwnChange();
  const [body, setBody] = useState<ListeningBody>(() => ({
    topics: listening.topics,
    languages: listening.languages,
    on: listening.on,
    hours: listening.hours,
    at_once: listening.at_once,
  }));
  const change = (part: Partial<ListeningBody>): void => setBody((now) => ({ ...now, ...part }));
  return (
    <Panel title={t("availability.title")} testId="availability">
      <Switch
        label={t("availability.on")}
        description={t("availability.on-hint")}
        checked={body.on}
        onChange={(event) => change({ on: event.currentTarget.checked })}
      />
      <Several
        label={t("availability.topics")}
        codes={topics}
        chosen={body.topics}
        name={(code) => t(`topics.${code}`)}
        onChange={(chosen) => change({ topics: chosen })}
      />
      <Several
        label={t("availability.languages")}
        codes={SPOKEN}
        chosen={body.languages}
        name={tongue}
        onChange={(chosen) => change({ languages: chosen })}
      />
      <NumberInput
        label={t("availability.at-once")}
        min={1}
        max={MOST_AT_ONCE}
        value={body.at_once}
        onChange={(value) => change({ at_once: Number(value) || 1 })}
      />
      <Hours hours={body.hours ?? []} onChange={(hours) => change({ hours })} />
      {save.isError ? <Problem error={save.error} /> : null}
      {save.isSuccess ? <Notice live title={t("availability.saved")} /> : null}
      <div className="hf-buttons">
        <Button loading={save.isPending} onClick={() => save.mutate({ method: "put", rest: "/listening", body })}>
          {t("availability.save")}
        </Button>
      </div>
    </Panel>
  );
}

interface SeveralProps {
  readonly label: string;
  readonly codes: readonly string[];
  readonly chosen: readonly string[];
  readonly name: (code: string) => string;
  readonly onChange: (chosen: string[]) => void;
}

function Several({ label, codes, chosen, name, onChange }: SeveralProps): ReactElement {
  return (
    <fieldset className="hfp-choices">
      <legend>{label}</legend>
      <div>
        {codes.map((code) => (
          <Checkbox
            key={code}
            label={name(code)}
            checked={chosen.includes(code)}
            onChange={(event) => {
              const on = event.currentTarget.checked;
              onChange(codes.filter((each) => (each === code ? on : chosen.includes(each))));
            }}
          />
        ))}
      </div>
    </fieldset>
  );
}

type Window = NonNullable<ListeningBody["hours"]>[number];
const DAYS = [1, 2, 3, 4, 5, 6, 7];

/** Weekly hours; none: whenever one is switched on. */
function Hours({ hours, onChange }: { readonly hours: readonly Window[]; readonly onChange: (hours: Window[]) => void }): ReactElement {
  const { t, locale } = usePeerWords();
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });
  const set = (at: number, part: Partial<Window>): void =>
    onChange(hours.map((one, place) => (place === at ? { ...one, ...part } : one)));
  return (
    <fieldset className="hfp-choices">
      <legend>{t("availability.hours")}</legend>
      <p className="hf-soft hf-small">{t("availability.hours-hint")}</p>
      {hours.map((one, at) => (
        // Rows have no name of their own but their place.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={at} className="hfp-window">
          <NativeSelect
            label={t("availability.day")}
            value={String(one.weekday)}
            data={DAYS.map((day) => ({ value: String(day), label: weekday.format(Date.UTC(2024, 0, day)) }))}
            onChange={(event) => set(at, { weekday: Number(event.currentTarget.value) })}
          />
          <TextInput
            type="time"
            label={t("availability.from")}
            value={one.opens.slice(0, 5)}
            onChange={(event) => set(at, { opens: event.currentTarget.value })}
          />
          <TextInput
            type="time"
            label={t("availability.until")}
            value={one.closes.slice(0, 5)}
            onChange={(event) => set(at, { closes: event.currentTarget.value })}
          />
          <Button variant="subtle" onClick={() => onChange(hours.filter((_, place) => place !== at))}>
            {t("availability.remove")}
          </Button>
        </div>
      ))}
      <div className="hf-buttons">
        <Button
          variant="default"
          onClick={() => onChange([...hours, { weekday: 1, opens: "18:00", closes: "20:00" }])}
        >
          {t("availability.add")}
        </Button>
      </div>
    </fieldset>
  );
}
