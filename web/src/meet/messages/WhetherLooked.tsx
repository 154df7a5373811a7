import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { api, clientPath } from "@/api/client";
import { type ConsentView, type Items, itemsOf } from "@/api/types";

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
