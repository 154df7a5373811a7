import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError, OfflineError } from "@/api/problems";
import { Panel } from "@/design";
import type { Place } from "@/vault/opening";
import { usePlace } from "@/vault/useJournal";
import { vaultWorker } from "@/vault/worker";

import { useFlags } from "../data";
import { nudges, type PlanContent, reviewDue, type Use } from "./content";
import { readHere } from "./device";
import { fetchProposals } from "./proposals";
import { adoptPlan, exchangePlan, readPlan } from "./sealed";

interface Known {
  content: PlanContent | null;
  use: Use;
  proposed: boolean;
}

async function proposed(place: Place): Promise<boolean> {
  try {
    return (await fetchProposals(place.practiceId, place.client)).length > 0;
  } catch (error) {
    if (error instanceof OfflineError || error instanceof ApiError) return false;
    throw error;
  }
}

/**
 * What Today needs to know. With the vault open, opening the app also gives the plan to those who came
 * on call or on the care team since, and takes it from those who left.
 */
async function look(place: Place): Promise<Known> {
  const use = (await readHere<Use>(place, "use")) ?? {};
  if (!(await vaultWorker.ask("isOpen", place.user))) {
    return { content: await readHere<PlanContent>(place, "plan"), use, proposed: false };
  }
  await adoptPlan(place);
  void exchangePlan(place);
  const content = (await readPlan(place))?.content ?? null;
  return { content, use, proposed: await proposed(place) };
}

/** One tap to the plan, and one sentence where it asks for something. */
export default function PlanCard(): ReactElement {
  const { t } = useTranslation("plan");
  const place = usePlace();
  const { data } = useQuery({
    queryKey: ["plan", place.user, place.client, "today"],
    queryFn: () => look(place),
    networkMode: "always",
    staleTime: 600_000,
  });
  const flags = useFlags({ practiceId: place.practiceId, clientId: place.client }).data ?? [];
  const [now] = useState(() => Date.now());
  const hint = (): string | null => {
    if (data === undefined) return null;
    if (data.proposed) return t("card.proposed");
    if (data.content === null) return null;
    if (reviewDue(data.content, data.use, flags, now)) return t("review.title");
    const [first] = nudges(data.content, data.use, now);
    return first === undefined ? null : t(`nudge.${first}`);
  };
  const asked = hint();
  return (
    <Panel title={t("title")} testId="plan-card">
      {asked === null ? null : <p>{asked}</p>}
      <div className="hf-buttons">
        <Button component={Link} to="/safety-plan" variant="default">
          {t("card.open")}
        </Button>
      </div>
    </Panel>
  );
}
