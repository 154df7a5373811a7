import { lazy, type ReactElement, Suspense } from "react";

import { useClinicWords } from "./language";
import { Section } from "./Section";

const SharedPlan = lazy(() => import("./plan/SharedPlan"));
const Propose = lazy(() => import("./plan/Propose"));

interface Props {
  readonly client: string;
}

/** The person's own safety plan as far as they share it; it is theirs to change. */
export function SafetyPlanSection({ client }: Props): ReactElement {
  const { t } = useClinicWords();
  return (
    <Section id="plan" title={t("plan.title")}>
      <SafetyPlanBody client={client} />
      <Suspense>
        <Propose client={client} />
      </Suspense>
    </Section>
  );
}

export function SafetyPlanBody({ client }: Props): ReactElement {
  return (
    <Suspense>
      <SharedPlan client={client} />
    </Suspense>
  );
}
