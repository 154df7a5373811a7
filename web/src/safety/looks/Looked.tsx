import { Link } from "@tanstack/react-router";
import { type ReactElement, Suspense } from "react";
import { useTranslation } from "react-i18next";

import { Notice } from "@/design";
import { FlagStatusCard } from "@/safety/FlagStatusCard";
import { TalkCard } from "@/safety/TalkCard";

import type { Looks } from "./useLooks";

/** What a text showed: numbers to call and who was told, or that nothing could look at it. */
export function Looked({ looks: { seen, dismiss } }: { readonly looks: Looks }): ReactElement | null {
  const { t } = useTranslation("safety");
  if (seen === null) return null;
  return (
    <div className="hf-stack" role="status" data-testid="looked">
      {seen.looked ? null : (
        <Notice tone="attention" title={t("looks.missed")}>
          <p>
            {t("looks.not-watched")} <Link to="/help">{t("looks.help")}</Link>
          </p>
        </Notice>
      )}
      <Suspense>
        {seen.card === null ? null : <TalkCard card={seen.card} onDismiss={dismiss} />}
        {seen.flag === null ? null : <FlagStatusCard flag={seen.flag} />}
      </Suspense>
    </div>
  );
}
