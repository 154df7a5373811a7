import { ActionIcon, Button, Switch, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, clientPath } from "@/api/client";
import { useOwnRecord } from "@/api/session";
import { PLAN_STEPS, type PlanStep, type SafetyPlanView } from "@/api/types";
import { ErrorState, Notice, Page, Panel, Query } from "@/design";
import { hold } from "@/queue/held";

import { usePlan } from "./data";
import "./person.css";

/** A plan for hard moments, step by step; readable without network. */
export default function SafetyPlan(): ReactElement {
  const { t } = useTranslation("person");
  const plan = usePlan(useOwnRecord());
  return (
    <Page title={t("plan.title")} lead={t("plan.lead")}>
      <Query query={plan}>{(data) => <Editor key={data.version} plan={data} />}</Query>
    </Page>
  );
}

interface Line {
  id: number;
  text: string;
}

let lineId = 0;
const asLines = (texts: readonly string[]): Line[] =>
  [...texts, ""].map((text) => ({ id: (lineId += 1), text }));

function Editor({ plan }: { plan: SafetyPlanView }): ReactElement {
  const { t } = useTranslation("person");
  const { practiceId, clientId } = useOwnRecord();
  const client = useQueryClient();
  const path = clientPath(practiceId, clientId, "/safety-plan");
  const [shared, setShared] = useState(plan.shared);
  const [steps, setSteps] = useState<Record<PlanStep, Line[]>>(
    () => Object.fromEntries(PLAN_STEPS.map((step) => [step, asLines(plan.steps[step])])) as Record<PlanStep, Line[]>,
  );
  const save = useMutation({
    mutationFn: () =>
      api.put<SafetyPlanView>(path, {
        steps: Object.fromEntries(
          PLAN_STEPS.map((step) => [
            step,
            steps[step].map((line) => line.text.trim()).filter((text) => text !== ""),
          ]),
        ),
        shared,
      }),
    onSuccess: async (saved) => {
      await hold(path, saved);
      client.setQueryData(["plan", practiceId, clientId], saved);
    },
  });
  const change = (step: PlanStep, lines: Line[]): void => {
    save.reset();
    setSteps({ ...steps, [step]: lines });
  };
  return (
    <form
      className="hf-stack"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Notice title={shared ? t("plan.read-by") : t("plan.read-by-me")} testId="plan-readers">
        <p>{shared ? t("plan.read-by-text") : t("plan.read-by-me-text")}</p>
        <Switch
          mt="sm"
          label={t("plan.share")}
          checked={shared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
      </Notice>
      {PLAN_STEPS.map((step, index) => (
        <Panel key={step} title={`${index + 1}. ${t(`plan.steps.${step}.title`)}`}>
          <p className="hf-soft">{t(`plan.steps.${step}.hint`)}</p>
          <ul className="hf-plain-list">
            {steps[step].map((line, place) => (
              <li key={line.id} className="hf-plan-line">
                <TextInput
                  aria-label={t("plan.line", {
                    step: t(`plan.steps.${step}.title`),
                    number: place + 1,
                  })}
                  value={line.text}
                  maxLength={500}
                  onChange={(event) => {
                    const text = event.currentTarget.value;
                    change(
                      step,
                      steps[step].map((each) => (each.id === line.id ? { ...each, text } : each)),
                    );
                  }}
                />
                <ActionIcon
                  aria-label={t("plan.remove", { number: place + 1 })}
                  onClick={() => change(step, steps[step].filter((each) => each.id !== line.id))}
                >
                  <IconTrash size={20} aria-hidden />
                </ActionIcon>
              </li>
            ))}
          </ul>
          {steps[step].length < 20 ? (
            <Button
              variant="subtle"
              leftSection={<IconPlus size={18} aria-hidden />}
              onClick={() => change(step, [...steps[step], { id: (lineId += 1), text: "" }])}
            >
              {t("plan.add")}
            </Button>
          ) : null}
        </Panel>
      ))}
      <Notice tone="attention" title={t("plan.not-monitored")} />
      {save.isError ? <ErrorState error={save.error} /> : null}
      {save.isSuccess ? <Notice live title={t("common:saved")} /> : null}
      <Button type="submit" size="lg" loading={save.isPending}>
        {t("plan.save")}
      </Button>
    </form>
  );
}
