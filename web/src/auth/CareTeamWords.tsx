import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import type { ConsentText, Items } from "@/api/types";
import { ErrorState, Panel } from "@/design";

/** What somebody who enters a practice agrees to, in full; the server keeps these words. */
export function CareTeamWords(): ReactElement {
  const { t, i18n } = useTranslation("auth");
  const texts = useQuery({
    queryKey: ["consent-texts", i18n.language],
    queryFn: () =>
      api.get<Items<ConsentText>>("/consent-texts", { query: { language: i18n.language } }),
  });
  if (texts.isError) return <ErrorState error={texts.error} retry={() => void texts.refetch()} />;
  const words = texts.data?.items.find((one) => one.purpose === "care_team");
  return (
    <Panel title={t("register.agree")}>
      <p>
        <strong>{words?.title}</strong>
      </p>
      {words?.text.map((one) => <p key={one}>{one}</p>)}
      <p>{words?.withdrawing}</p>
    </Panel>
  );
}
