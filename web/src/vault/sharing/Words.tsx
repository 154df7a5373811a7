import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { Notice } from "@/design";

import type { Place } from "../opening";
import { vaultWorker } from "../worker";
import { OtherKeys } from "./OtherKeys";
import type { Standing } from "./types";
import { WordList } from "./WordList";

interface Props {
  /** Who is at this device, and whose keys are looked at. */
  user: string;
  place: Pick<Place, "practiceId" | "client">;
  name: string;
  standing: Standing;
  onChanged: () => Promise<void>;
}

/** Twelve words that both people see as long as nobody stands between them. */
export function Words({ user, place, name, standing, onChanged }: Props): ReactElement | null {
  const { t } = useTranslation("sharing");
  if (standing.state === "unexpected" || standing.state === "broken") {
    return (
      <OtherKeys user={user} place={place} name={name} standing={standing} onChanged={onChanged} />
    );
  }
  if (standing.state === "none") return null;
  const note = async (what: "known" | "compared"): Promise<void> => {
    await vaultWorker.ask("notePin", user, standing.id, what);
    await onChanged();
  };
  return (
    <>
      {standing.changed ? (
        <Notice tone="attention" title={t("keys.changed", { name })} testId="keys-changed">
          <p>{t("keys.changed-text", { name })}</p>
          <Button variant="default" mt="sm" onClick={() => void note("known")}>
            {t("keys.seen")}
          </Button>
        </Notice>
      ) : null}
      {standing.compared ? (
        <p className="hf-soft hf-small">{t("keys.compared", { name })}</p>
      ) : (
        <details className="hf-words">
          <summary>{t("keys.compare", { name })}</summary>
          <p>{t("keys.how", { name })}</p>
          <WordList words={standing.words} testId="words" />
          <Button variant="default" onClick={() => void note("compared")}>
            {t("keys.same")}
          </Button>
          <p className="hf-soft hf-small">{t("keys.differ", { name })}</p>
        </details>
      )}
    </>
  );
}
