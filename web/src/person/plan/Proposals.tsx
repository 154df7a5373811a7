import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useSubmit } from "@/auth/useSubmit";
import { Notice, Panel } from "@/design";
import { useFormat } from "@/format";
import { isVaultCode } from "@/vault/engine/errors";
import type { Place } from "@/vault/opening";
import { VaultProblem } from "@/vault/VaultProblem";

import { PlanView } from "./PlanView";
import { type Opened, openProposals, settleProposal } from "./proposals";
import type { Steps } from "./content";

interface Props {
  readonly place: Place;
  /** Puts the proposal into the editor, where it can be changed before it is saved. */
  readonly onTake: (steps: Steps, done: () => Promise<void>) => void;
}

/** What clinicians proposed: the person looks at it, takes it over with changes, or leaves it. */
export function Proposals({ place, onTake }: Props): ReactElement | null {
  const client = useQueryClient();
  const key = ["plan-proposals", place.user, place.client];
  const { data = [] } = useQuery({
    queryKey: key,
    queryFn: () => openProposals(place),
    gcTime: 0,
    retry: false,
  });
  const settle = async (id: string): Promise<void> => {
    await settleProposal(place, id);
    await client.invalidateQueries({ queryKey: key });
  };
  return (
    <>
      {data.map((each) => (
        <One key={each.id} proposal={each} onTake={onTake} settle={() => settle(each.id)} />
      ))}
    </>
  );
}

interface OneProps {
  readonly proposal: Opened;
  readonly onTake: Props["onTake"];
  readonly settle: () => Promise<void>;
}

function One({ proposal, onTake, settle }: OneProps): ReactElement {
  const { t } = useTranslation(["plan", "vault"]);
  const format = useFormat();
  const submit = useSubmit();
  const { steps, code, name, at } = proposal;
  return (
    <Panel title={t("proposal.title", { name })} tone="calm" testId="plan-proposal">
      <p className="hf-soft">{t("proposal.lead", { day: format.date(at) })}</p>
      {steps === null ? (
        <Notice tone="attention" title={t(`vault:errors.${isVaultCode(code) ? code : "item-damaged"}`)} />
      ) : (
        <PlanView steps={steps} />
      )}
      <VaultProblem error={submit.error} />
      <div className="hf-buttons">
        {steps === null ? null : (
          <Button onClick={() => onTake(steps, settle)}>{t("proposal.take")}</Button>
        )}
        <Button variant="default" loading={submit.busy} onClick={() => void submit.run(settle)}>
          {t("proposal.leave")}
        </Button>
      </div>
    </Panel>
  );
}
