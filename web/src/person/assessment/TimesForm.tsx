import { Button, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorState } from "@/design";

const PROMPTS = ["morning", "midday", "evening"] as const;
const OFFERED = ["09:00", "14:00", "20:00"];
/** Nearer to each other, two prompts would ask the same twice; the server says so, too. */
const LEAST_APART = 60;

const minutes = (time: string): number => {
  const [hours = NaN, rest = NaN] = time.split(":").map(Number);
  return hours * 60 + rest;
};

/** In their order, and far enough apart. */
export const timesFit = (times: readonly string[]): boolean =>
  times.every(
    (time, index) =>
      Number.isFinite(minutes(time)) &&
      (index === 0 || minutes(time) - minutes(times[index - 1] ?? "") >= LEAST_APART),
  );

interface Props {
  first?: readonly string[];
  label: string;
  busy: boolean;
  error: unknown;
  onSave: (times: string[]) => void;
}

/** The three times of a day, on the person's own clock. */
export function TimesForm({ first = OFFERED, label, busy, error, onSave }: Props): ReactElement {
  const { t } = useTranslation("assessment");
  const [times, setTimes] = useState<string[]>([...first]);
  const [wrong, setWrong] = useState(false);
  return (
    <form
      className="hf-stack"
      aria-label={t("times.title")}
      onSubmit={(event) => {
        event.preventDefault();
        const fit = timesFit(times);
        setWrong(!fit);
        if (fit) onSave(times);
      }}
    >
      <p className="hf-soft">{t("times.text")}</p>
      <div className="hf-times">
        {PROMPTS.map((prompt, index) => (
          <TextInput
            key={prompt}
            type="time"
            required
            label={t(`times.${prompt}`)}
            value={times[index] ?? ""}
            error={wrong && index > 0 ? t("times.wrong") : null}
            onChange={(event) =>
              setTimes(times.map((time, at) => (at === index ? event.currentTarget.value : time)))
            }
          />
        ))}
      </div>
      {error === null ? null : <ErrorState error={error} />}
      <div className="hf-buttons">
        <Button type="submit" size="lg" loading={busy}>
          {label}
        </Button>
      </div>
    </form>
  );
}
