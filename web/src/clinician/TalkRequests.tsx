import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { api, practicePath } from "@/api/client";
import { useActive } from "@/api/session";
import type { Items, Schemas } from "@/api/types";
import { Notice } from "@/design";
import { useFormat } from "@/format";

/** People who asked for a talk and wait, each with the way to their page. */
export function TalkRequests(): ReactElement | null {
  const { t } = useTranslation("assessment");
  const format = useFormat();
  const { practice } = useActive();
  const rows = useQuery({
    queryKey: ["talks", practice.id],
    queryFn: async () =>
      (await api.get<Items<Schemas["TalkRow"]>>(practicePath(practice.id, "/talk-requests"))).items,
    refetchInterval: 60_000,
  });
  const waiting = rows.data ?? [];
  if (waiting.length === 0) return null;
  return (
    <Notice title={t("clinician.waiting", { count: waiting.length })} testId="talk-requests">
      <ul className="hf-plain-list">
        {waiting.map((row) => (
          <li key={row.id}>
            <Link to="/people/$clientId" params={{ clientId: row.client_id }}>
              {row.client}
            </Link>{" "}
            <span className="hf-soft">{format.soon(row.asked_at)}</span>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
