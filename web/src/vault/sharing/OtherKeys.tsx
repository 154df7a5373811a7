import { Button, Checkbox } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSubmit } from "@/auth/useSubmit";
import { Notice } from "@/design";

import type { Place } from "../opening";
import { VaultProblem } from "../VaultProblem";
import { acceptKeys } from "./accepting";
import type { Standing } from "./types";
import { WordList } from "./WordList";

interface Props {
  user: string;
  place: Pick<Place, "practiceId" | "client">;
  name: string;
  standing: Standing;
  onChanged: () => Promise<void>;
}

/**
 * Keys are shown that the ones this device knew did not sign: what that may mean, the words before
 * and now, and the choice. Until it is made nothing is sealed to these keys or opened with them.
 */
export function OtherKeys({ user, place, name, standing, onChanged }: Props): ReactElement {
  const { t } = useTranslation("sharing");
  const submit = useSubmit();
  const [compared, setCompared] = useState(false);
  const [refused, setRefused] = useState(false);
  const { offered } = standing;
  if (offered === undefined) {
    return (
      <Notice tone="clay" title={t("keys.broken", { name })} testId="keys-unexpected">
        <p>{t("keys.broken-text", { name })}</p>
      </Notice>
    );
  }
  const accept = async (): Promise<void> => {
    await acceptKeys(user, place, standing.id, offered);
    await onChanged();
  };
  return (
    <Notice tone="clay" title={t("keys.unexpected", { name })} testId="keys-unexpected">
      <div className="hf-stack">
        <p>{t("keys.unexpected-text", { name })}</p>
        <p>{t("keys.unexpected-ask", { name })}</p>
        <h3 className="hf-words-title">{t("keys.now")}</h3>
        <WordList words={standing.words} testId="words-now" />
        <details className="hf-words">
          <summary>{t("keys.before")}</summary>
          <WordList words={offered.before} testId="words-before" />
        </details>
        <Checkbox
          label={t("keys.same-now", { name })}
          checked={compared}
          onChange={(event) => {
            setCompared(event.currentTarget.checked);
            setRefused(false);
          }}
        />
        <p className="hf-small">{t("keys.accept-recorded", { name })}</p>
        <VaultProblem error={submit.error} />
        <div className="hf-buttons">
          <Button disabled={!compared} loading={submit.busy} onClick={() => void submit.run(accept)}>
            {t("keys.accept")}
          </Button>
          <Button variant="default" onClick={() => setRefused(true)}>
            {t("keys.refuse")}
          </Button>
        </div>
        <p role="status" data-testid="keys-refused">
          {refused ? t("keys.refused", { name }) : ""}
        </p>
      </div>
    </Notice>
  );
}
