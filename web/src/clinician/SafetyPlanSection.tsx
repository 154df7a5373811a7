import type { ReactElement } from "react";

import { PLAN_STEPS, type SafetyPlanView } from "@/api/types";
import { Query } from "@/design";

import { useSafetyPlan } from "./api";
import { useClinicWords } from "./language";
import { Section } from "./Section";

/** The person's own safety plan as far as they share it; it is theirs to change. */
export function SafetyPlanSection({ client }: { readonly client: string }): ReactElement {
  const { t } = useClinicWords();
  return (
    <Section id="plan" title={t("plan.title")}>
      <SafetyPlanBody client={client} />
    </Section>
  );
}

export function SafetyPlanBody({ client }: { readonly client: string }): ReactElement {
  const plan = useSafetyPlan(client);
  return <Query query={plan}>{(data) => <PlanSteps plan={data} />}</Query>;
}

function PlanSteps({ plan }: { readonly plan: SafetyPlanView | null }): ReactElement {
  const { t, day } = useClinicWords();
  const steps = PLAN_STEPS.filter((step) => (plan?.steps[step] ?? []).length > 0);
  if (plan === null || steps.length === 0) return <p className="hf-soft">{t("plan.none")}</p>;
  return (
    <div className="hc-plan">
      {steps.map((step) => (
        <div key={step}>
          <h3>{t(`plan.step.${step}`)}</h3>
          <ul className="hc-plain">
            {plan.steps[step].map((line) => (
              <li key={line}><bdi>{line}</bdi></li>
            ))}
          </ul>
        </div>
      ))}
      {plan.updated_at ? <p className="hf-soft hf-small">{t("plan.updated", { day: day(plan.updated_at) })}</p> : null}
    </div>
  );
}
