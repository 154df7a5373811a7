import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { noSteps } from "@/person/plan/content";
import { PlanEditor } from "@/person/plan/PlanEditor";
import { fetchProposals, propose } from "@/person/plan/proposals";
import type { Received } from "@/vault/sharing/types";

import { useClinicWords } from "../language";
import { Gate } from "./Gate";
import { useOpenedPlan, useReceivedPlan } from "./received";

/** Words for the person's plan, sealed to them. They take them over, change them, or leave them. */
export default function Propose({ client }: { readonly client: string }): ReactElement | null {
  const { t } = useTranslation("plan");
  const { day } = useClinicWords();
  const { practice, roles } = useActive();
  const received = useReceivedPlan(client).data;
  const [writing, setWriting] = useState(false);
  const { data: waiting = [] } = useQuery({
    queryKey: ["plan-proposals", practice.id, client],
    queryFn: () => fetchProposals(practice.id, client),
  });
  const [own] = waiting;
  if (received === undefined || !(roles.has("clinician") || roles.has("prescriber"))) return null;
  if (writing) {
    return (
      <Gate label={t("clinic.unlock")} why={t("clinic.unlock-why")}>
        <Writing client={client} received={received} onClose={() => setWriting(false)} />
      </Gate>
    );
  }
  return (
    <div className="hf-stack">
      {own === undefined ? null : (
        <p className="hf-soft" data-testid="proposed">
          {t("clinic.proposed", { day: day(own.received_at) })}
        </p>
      )}
      {received.owner_keys.length === 0 ? (
        <p className="hf-soft hf-small">{t("clinic.no-vault")}</p>
      ) : (
        <div>
          <Button size="sm" variant="default" onClick={() => setWriting(true)}>
            {t("clinic.propose")}
          </Button>
        </div>
      )}
    </div>
  );
}

interface WritingProps {
  readonly client: string;
  readonly received: Received;
  readonly onClose: () => void;
}

/** Begins with what stands in the shared plan, where there is one to be read. */
function Writing({ client, received, onClose }: WritingProps): ReactElement | null {
  const { t } = useTranslation("plan");
  const { me, practice } = useActive();
  const cache = useQueryClient();
  const read = useOpenedPlan(received, true);
  if (received.items.length > 0 && read.isPending) return null;
  const plan = read.data !== undefined && "content" in read.data ? read.data.content : null;
  return (
    <>
      <p className="hf-soft">{t("clinic.propose-lead")}</p>
      <PlanEditor
        steps={plan?.steps ?? noSteps()}
        save={t("clinic.send")}
        onSave={async (steps) => {
          const person = { id: received.owner, keys: received.owner_keys };
          await propose(me.id, { practiceId: practice.id, client }, person, steps);
          await cache.invalidateQueries({ queryKey: ["plan-proposals"] });
          onClose();
        }}
        onClose={onClose}
      />
    </>
  );
}
