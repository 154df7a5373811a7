import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { PLAN_STEPS } from "@/api/types";

import { parts, type Steps } from "./content";
import "./plan.css";

/** The six steps to read, with telephone numbers to press. Steps without a line are left out. */
export function PlanView({ steps }: { readonly steps: Steps }): ReactElement {
  const { t } = useTranslation("plan");
  return (
    <ol className="hf-plan" data-testid="plan">
      {PLAN_STEPS.filter((step) => steps[step].length > 0).map((step) => (
        <li key={step} className="hf-panel">
          <h2>{`${PLAN_STEPS.indexOf(step) + 1}. ${t(`steps.${step}.title`)}`}</h2>
          <ul>
            {steps[step].map((line) => (
              <li key={line}>
                <bdi>
                  {parts(line).map((part) =>
                    part.href === undefined ? (
                      part.text
                    ) : (
                      <a key={part.at} href={part.href}>
                        {part.text}
                      </a>
                    ),
                  )}
                </bdi>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}
