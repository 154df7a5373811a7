import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, Suspense } from "react";
import { useTranslation } from "react-i18next";

import { api, clientPath } from "@/api/client";
import { type ConsentView, type Items, itemsOf } from "@/api/types";
import { Notice } from "@/design";
import { FlagStatusCard } from "@/safety/FlagStatusCard";
import { TalkCard } from "@/safety/TalkCard";

import type { Looks } from "./useLooks";

/** What a message showed: numbers to call and who was told, or that nothing could look at it. */
export function Looked({ looks: { seen, dismiss } }: { readonly looks: Looks }): ReactElement | null {
  const { t } = useTranslation("messages");
  if (seen === null) return null;
  return (
    <div className="hf-stack" role="status" data-testid="looked">
      {seen.looked ? null : (
        <Notice tone="attention" title={t("looks.missed")}>
          <p>
            {t("not-watched")} <Link to="/help">{t("help")}</Link>
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

/** Whether a program looks at what is sent here, and where to change that. */
export function WhetherLooked({ practiceId, clientId }: { practiceId: string; clientId: string }): ReactElement | null {
  const { t } = useTranslation("messages");
  const consents = useQuery({
    queryKey: ["consents", practiceId, clientId],
    queryFn: async () =>
      itemsOf(await api.get<ConsentView[] | Items<ConsentView>>(clientPath(practiceId, clientId, "/consents"))),
  });
  if (consents.data === undefined) return null;
  const on = consents.data.some((one) => one.purpose === "message_screening" && one.withdrawn_at === null);
  return (
    <p className="hf-soft hf-small" data-testid="whether-looked">
      {t(on ? "looks.on" : "looks.off")}{" "}
      <Link to="/me/$section" params={{ section: "consents" }}>{t("looks.change")}</Link>
    </p>
  );
}
