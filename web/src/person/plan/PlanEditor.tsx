import { Button, Textarea } from "@mantine/core";
import { type ReactElement, type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { PLAN_STEPS, type PlanStep } from "@/api/types";
import { useSubmit } from "@/auth/useSubmit";
import { VaultProblem } from "@/vault/VaultProblem";

import { MOST_LINES, type Steps, tidy } from "./content";

type Texts = Record<PlanStep, string>;

const textsOf = (steps: Steps): Texts =>
  Object.fromEntries(PLAN_STEPS.map((step) => [step, steps[step].join("\n")])) as Texts;

const stepsOf = (texts: Texts): Steps =>
  tidy(Object.fromEntries(PLAN_STEPS.map((step) => [step, texts[step].split("\n")])));

const PAUSE_MS = 400;

interface Props {
  readonly steps: Steps;
  readonly save: string;
  readonly onSave: (steps: Steps) => Promise<void>;
  readonly onClose: () => void;
  /** Called a moment after each change, so that a dead battery takes nothing along. */
  readonly onPause?: (steps: Steps) => void;
  /** What is to be said before it is saved. */
  readonly children?: ReactNode;
}

/** Six fields, one line for each thing. */
export function PlanEditor({ steps, save, onSave, onClose, onPause, children }: Props): ReactElement {
  const { t } = useTranslation("plan");
  const submit = useSubmit();
  const [texts, setTexts] = useState(() => textsOf(steps));
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (step: PlanStep, text: string): void => {
    const now = { ...texts, [step]: text };
    setTexts(now);
    clearTimeout(timer.current);
    if (onPause !== undefined) timer.current = setTimeout(() => onPause(stepsOf(now)), PAUSE_MS);
  };
  return (
    <form
      className="hf-stack"
      onSubmit={(event) => {
        event.preventDefault();
        clearTimeout(timer.current);
        void submit.run(() => onSave(stepsOf(texts)));
      }}
    >
      {PLAN_STEPS.map((step, at) => (
        <Textarea
          key={step}
          label={`${at + 1}. ${t(`steps.${step}.title`)}`}
          description={t(`steps.${step}.hint`)}
          value={texts[step]}
          onChange={(event) => change(step, event.currentTarget.value)}
          autosize
          minRows={2}
          dir="auto"
        />
      ))}
      <p className="hf-soft hf-small">{t("one-per-line", { count: MOST_LINES })}</p>
      {children}
      <VaultProblem error={submit.error} />
      <div className="hf-buttons">
        <Button type="submit" size="lg" loading={submit.busy}>
          {save}
        </Button>
        <Button variant="subtle" onClick={onClose}>
          {t("cancel")}
        </Button>
      </div>
    </form>
  );
}
