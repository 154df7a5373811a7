import { Button } from "@mantine/core";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError, OfflineError } from "@/api/problems";
import { Notice } from "@/design";
import { useFormat } from "@/format";
import type { Place } from "@/vault/opening";

import { sendPassage, type Unsent } from "./passages";

interface Props {
  /** Where it can be sealed; null where the vault is not open here. */
  place: Place | null;
  text: string;
  /** Agreed to beforehand: they go without a further question. */
  agreed: boolean;
}

type Stand =
  | { at: "asking" }
  | { at: "sending" }
  | { at: "sent"; to: string[] }
  | { at: "unsent"; why: Unsent | "failed" };

/** The exact words, and one tap that seals them to whoever is on call. */
export function Passage({ place, text, agreed }: Props): ReactElement | null {
  const { t } = useTranslation("companion");
  const format = useFormat();
  const [stand, setStand] = useState<Stand>({ at: "asking" });
  const begun = useRef(false);
  const send = async (from: Place): Promise<void> => {
    setStand({ at: "sending" });
    try {
      const to = await sendPassage(from, text);
      setStand(Array.isArray(to) ? { at: "sent", to } : { at: "unsent", why: to });
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof OfflineError)) throw error;
      setStand({ at: "unsent", why: "failed" });
    }
  };
  useEffect(() => {
    if (!agreed || place === null || begun.current) return;
    begun.current = true;
    void send(place);
  });
  if (text === "") return null;
  if (stand.at === "sent") {
    return (
      <Notice live testId="passage-sent" title={t("passage.sent", { names: format.list(stand.to) })} />
    );
  }
  return (
    <div className="hf-stack" data-testid="passage">
      <p>{t("passage.not-shared")}</p>
      {place === null ? (
        <p className="hf-soft">{t("passage.locked")}</p>
      ) : (
        <>
          <blockquote className="hf-talk-quote" dir="auto">
            {text}
          </blockquote>
          <div>
            <Button loading={stand.at === "sending"} onClick={() => void send(place)}>
              {t("passage.send")}
            </Button>
          </div>
        </>
      )}
      <div role="status">
        {stand.at === "unsent" ? <p>{t(`passage.${stand.why}`)}</p> : null}
      </div>
    </div>
  );
}
