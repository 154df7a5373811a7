import { Button } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { type ReactElement, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { documentTitle } from "@/app/title";
import { useFormat } from "@/format";
import { isSlider, type OptionSet, type Slider } from "@/measures/pack";

import "./checkin.css";

interface Props {
  /** The questionnaire's name, for the tab's title. */
  title: string;
  language: string;
  direction: "ltr" | "rtl";
  stem: string | null;
  text: string;
  options: OptionSet;
  labels: readonly string[];
  value: number | null | undefined;
  progress?: { at: number; of: number };
  skipLabel?: string;
  note?: ReactNode;
  /** A screen of its own, or part of one. */
  level?: "page" | "panel";
  onAnswer: (value: number) => void;
  onSkip?: () => void;
  onBack?: () => void;
}

/** One question, its answers under the thumb. Digits choose. Give it a key per question. */
export function Question(props: Props): ReactElement {
  const { t } = useTranslation("person");
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const { title, text, progress, level = "page" } = props;
  const Heading = level === "page" ? "h1" : "h3";
  useEffect(() => {
    if (level === "page") document.title = documentTitle(title);
    heading.current?.focus({ preventScroll: level === "page" });
  }, [title, level]);
  return (
    <div className={level === "page" ? "hf-checkin" : "hf-stack"}>
      {progress === undefined ? null : (
        <div className="hf-checkin-head">
          {props.onBack === undefined ? null : (
            <Button
              variant="subtle"
              leftSection={<IconArrowLeft size={20} className="hf-flip" aria-hidden />}
              onClick={props.onBack}
            >
              {t("common:back")}
            </Button>
          )}
          <div className="hf-bar" aria-hidden>
            <span style={{ inlineSize: `${(100 * progress.at) / progress.of}%` }} />
          </div>
          <span className="hf-soft hf-small">
            {t("checkin.progress", { at: progress.at, of: progress.of })}
          </span>
        </div>
      )}
      <div lang={props.language} dir={props.direction}>
        {props.stem === null ? null : (
          <p className="hf-stem" id={`${id}-stem`}>
            {props.stem}
          </p>
        )}
        <Heading
          className="hf-question"
          id={id}
          ref={heading}
          tabIndex={-1}
          aria-describedby={props.stem === null ? undefined : `${id}-stem`}
        >
          {text}
        </Heading>
      </div>
      {props.note}
      <div className="hf-checkin-answers">
        {isSlider(props.options) ? (
          <SliderAnswer {...props} slider={props.options} labelledBy={id} />
        ) : (
          <Choices {...props} codes={props.options} labelledBy={id} />
        )}
        {props.onSkip === undefined ? null : (
          <Button variant="subtle" onClick={props.onSkip} data-testid="skip">
            {props.skipLabel ?? t("checkin.skip")}
          </Button>
        )}
      </div>
    </div>
  );
}

interface ChoicesProps extends Props {
  codes: number[];
  labelledBy: string;
}

function Choices(props: ChoicesProps): ReactElement {
  const { codes, labels, value, onAnswer, labelledBy, language, direction } = props;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const typing = (event.target as HTMLElement | null)?.closest("input, select, textarea");
      const code = codes[Number(event.key) - 1];
      if (typing || !/^[1-9]$/.test(event.key) || code === undefined) return;
      event.preventDefault();
      onAnswer(code);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [codes, onAnswer]);
  return (
    <div className="hf-choices" role="group" aria-labelledby={labelledBy}>
      {codes.map((code, index) => (
        <button
          key={code}
          type="button"
          className="hf-option"
          aria-pressed={value === code}
          lang={language}
          dir={direction}
          data-code={code}
          onClick={() => onAnswer(code)}
        >
          <kbd className="hf-option-key" aria-hidden>
            {index + 1}
          </kbd>
          <span>{labels[index]}</span>
        </button>
      ))}
    </div>
  );
}

interface SliderProps extends Props {
  slider: Slider;
  labelledBy: string;
}

/** Steps fewer than these are counted things (hours), and the number is shown. */
const COUNTED_STEPS = 60;

function SliderAnswer(props: SliderProps): ReactElement {
  const { slider, labels, value, onAnswer, labelledBy, language, direction } = props;
  const { t } = useTranslation("person");
  const format = useFormat();
  const middle = slider.min + Math.round((slider.max - slider.min) / slider.step / 2) * slider.step;
  const [current, setCurrent] = useState<number | null>(value ?? null);
  const counted = (slider.max - slider.min) / slider.step < COUNTED_STEPS;
  return (
    <form
      className="hf-stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (current !== null) onAnswer(current);
      }}
    >
      <div className="hf-slider" data-touched={current === null ? "no" : "yes"}>
        {counted ? (
          <output>{current === null ? "–" : format.number(current)}</output>
        ) : null}
        <input
          type="range"
          min={slider.min}
          max={slider.max}
          step={slider.step}
          value={current ?? middle}
          aria-labelledby={labelledBy}
          aria-valuetext={current === null ? t("checkin.unset") : format.number(current)}
          onChange={(event) => setCurrent(event.currentTarget.valueAsNumber)}
          // A tap exactly on the middle changes nothing, and is an answer all the same.
          onPointerUp={(event) => setCurrent(event.currentTarget.valueAsNumber)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && current === null) event.preventDefault();
          }}
        />
        <div className="hf-slider-ends" lang={language} dir={direction}>
          <span>{labels[0]}</span>
          <span>{labels[1]}</span>
        </div>
      </div>
      <Button type="submit" size="lg" disabled={current === null}>
        {t("common:next")}
      </Button>
    </form>
  );
}
