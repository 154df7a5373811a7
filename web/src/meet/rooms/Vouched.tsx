import { Button } from "@mantine/core";
import { type ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { Notice } from "@/design";
import { WordList } from "@/vault/sharing/WordList";
import "@/vault/sharing/sharing.css";

import type { Standing } from "./call";

/** Who vouches for the connection, and the words that two people compare. */
export function Vouched({ standing, name }: { standing: Standing | null; name: string }): ReactElement | null {
  const { t } = useTranslation("rooms");
  if (standing === null || standing.trust === null || standing.words.length === 0) return null;
  return (
    <details className="hf-words hf-small" data-testid="vouched" data-trust={standing.trust}>
      <summary>{t(`trust.${standing.trust}`, { name })}</summary>
      <p>{t(`trust.${standing.trust}-text`, { name })}</p>
      <WordList words={standing.words} testId="call-words" />
      <p className="hf-soft">{t("trust.differ")}</p>
    </details>
  );
}

interface StoppedProps {
  standing: Standing;
  name: string;
  onBare: () => void;
  onHere: () => void;
}

/** Why the call does not go on here, and what can be done. */
export function Stopped({ standing, name, onBare, onHere }: StoppedProps): ReactElement {
  const { t } = useTranslation("rooms");
  if (standing.phase === "elsewhere") {
    return (
      <Notice tone="calm" title={t("elsewhere.title")} live>
        <p>{t("elsewhere.text")}</p>
        <Button variant="default" mt="sm" onClick={onHere}>
          {t("elsewhere.here")}
        </Button>
      </Notice>
    );
  }
  const why = standing.refusal ?? "unreadable";
  return (
    <Notice tone="clay" title={t(`refused.${why}`, { name })} live testId="call-refused">
      <p>{t(`refused.${why}-text`, { name })}</p>
      <div className="hf-buttons">
        {why === "not-signed" ? (
          <Button variant="default" onClick={onBare}>
            {t("refused.go-on")}
          </Button>
        ) : (
          <Button variant="default" onClick={onHere}>
            {t("refused.again")}
          </Button>
        )}
      </div>
    </Notice>
  );
}
