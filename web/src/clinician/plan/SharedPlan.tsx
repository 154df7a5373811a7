import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { PLAN_STEPS } from "@/api/types";
import { Notice, Query } from "@/design";
import type { PlanContent } from "@/person/plan/content";
import { isVaultCode } from "@/vault/engine/errors";
import type { Received } from "@/vault/sharing/types";

import { useClinicWords } from "../language";
import { Gate } from "./Gate";
import { useOpenedPlan, useReceivedPlan } from "./received";

/** The plan that the person shares with whoever looks, or that none is shared. */
export default function SharedPlan({ client }: { readonly client: string }): ReactElement {
  const received = useReceivedPlan(client);
  return <Query query={received}>{(found) => <Found received={found} />}</Query>;
}

function Found({ received }: { readonly received: Received }): ReactElement {
  const { t } = useTranslation("plan");
  if (received.items.length === 0) {
    return (
      <div data-testid="plan-not-shared">
        <p>{t("clinic.none")}</p>
        <p className="hf-soft hf-small">{t("clinic.none-hint")}</p>
      </div>
    );
  }
  return (
    <Gate label={t("clinic.open")} why={t("clinic.sealed")}>
      <Read received={received} />
    </Gate>
  );
}

function Read({ received }: { readonly received: Received }): ReactElement {
  const { t } = useTranslation("vault");
  const plan = useOpenedPlan(received, true);
  return (
    <Query query={plan}>
      {(read) =>
        "code" in read ? (
          <Notice
            tone="attention"
            title={t(`errors.${isVaultCode(read.code) ? read.code : "item-damaged"}`)}
            testId="damaged"
          />
        ) : (
          <Plan content={read.content} />
        )
      }
    </Query>
  );
}

function Plan({ content }: { readonly content: PlanContent }): ReactElement {
  const { t, day } = useClinicWords();
  const steps = PLAN_STEPS.filter((step) => content.steps[step].length > 0);
  return (
    <div className="hc-plan" data-testid="shared-plan">
      {steps.map((step) => (
        <div key={step}>
          <h3>{t(`clinician:plan.step.${step}`)}</h3>
          <ul className="hc-plain">
            {content.steps[step].map((line) => (
              <li key={line}><bdi>{line}</bdi></li>
            ))}
          </ul>
        </div>
      ))}
      <LastReview content={content} />
      <p className="hf-soft hf-small">{t("clinician:plan.updated", { day: day(content.written_at) })}</p>
    </div>
  );
}

/** How it went when it was needed last. */
function LastReview({ content }: { readonly content: PlanContent }): ReactElement | null {
  const { t } = useTranslation("plan");
  const { day } = useClinicWords();
  const last = content.reviews.at(-1);
  if (last === undefined) return null;
  return (
    <div>
      <h3>{t("clinic.review", { day: day(last.at) })}</h3>
      <ul className="hc-plain">
        <li>{t(last.used ? "clinic.used" : "clinic.not-used")}</li>
        {last.helped === "" ? null : <li>{t("clinic.helped")} <bdi>{last.helped}</bdi></li>}
        {last.change === "" ? null : <li>{t("clinic.change")} <bdi>{last.change}</bdi></li>}
      </ul>
    </div>
  );
}
