import { Button, Textarea } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSubmit } from "@/auth/useSubmit";
import { Panel } from "@/design";
import { VaultProblem } from "@/vault/VaultProblem";

import type { Review as Answer } from "./content";

interface Props {
  /** Whoever reads the plan reads this, too. */
  readonly shared: boolean;
  readonly onAnswer: (answer: Omit<Answer, "at">, change: boolean) => Promise<void>;
  readonly onLater: () => void;
}

/** "Did you use your plan?", and what it taught. */
export function Review({ shared, onAnswer, onLater }: Props): ReactElement {
  const { t } = useTranslation("plan");
  const submit = useSubmit();
  const [used, setUsed] = useState<boolean | null>(null);
  const [helped, setHelped] = useState("");
  const [change, setChange] = useState("");
  const answer = (anew: boolean): void =>
    void submit.run(() =>
      onAnswer({ used: used === true, helped: helped.trim(), change: change.trim() }, anew),
    );
  return (
    <Panel title={t("review.title")} tone="calm" testId="plan-review">
      <p>{t("review.lead")}</p>
      <div className="hf-buttons" role="group" aria-label={t("review.title")}>
        {([true, false] as const).map((value) => (
          <Button
            key={String(value)}
            variant={used === value ? "filled" : "default"}
            aria-pressed={used === value}
            onClick={() => setUsed(value)}
          >
            {t(value ? "review.yes" : "review.no")}
          </Button>
        ))}
        {used === null ? (
          <Button variant="subtle" onClick={onLater}>
            {t("review.later")}
          </Button>
        ) : null}
      </div>
      {used === null ? null : (
        <div className="hf-stack">
          <Textarea
            label={t(used ? "review.helped" : "review.instead")}
            value={helped}
            onChange={(event) => setHelped(event.currentTarget.value)}
            maxLength={1000}
            autosize
            minRows={2}
            dir="auto"
          />
          <Textarea
            label={t("review.change")}
            value={change}
            onChange={(event) => setChange(event.currentTarget.value)}
            maxLength={1000}
            autosize
            minRows={2}
            dir="auto"
          />
          <p className="hf-soft hf-small">{t(shared ? "review.read" : "review.unread")}</p>
          <VaultProblem error={submit.error} />
          <div className="hf-buttons">
            <Button loading={submit.busy} onClick={() => answer(true)}>
              {t("review.change-now")}
            </Button>
            <Button variant="default" loading={submit.busy} onClick={() => answer(false)}>
              {t("review.done")}
            </Button>
          </div>
        </div>
      )}
    </Panel>
  );
}
