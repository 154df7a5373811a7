import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { Notice } from "@/design";
import { useFormat } from "@/format";

import { useToCosign } from "./api";

/** Notes that wait for this supervisor's signature, each with the way to its person. */
export default function ToCosign(): ReactElement | null {
  const { t } = useTranslation("notes");
  const format = useFormat();
  const { roles } = useActive();
  const rows = useToCosign(roles.has("supervisor"));
  const waiting = rows.data ?? [];
  if (waiting.length === 0) return null;
  return (
    <Notice title={t("waiting.title")} testId="notes-to-cosign">
      <ul className="hf-plain-list">
        {waiting.map((row) => (
          <li key={row.note_id}>
            <Link to="/people/$clientId" params={{ clientId: row.client_id }} hash="notes">
              {row.client}
            </Link>{" "}
            <span className="hf-soft">
              {t("waiting.by", { author: row.author, at: format.dateTime(row.signed_at) })}
            </span>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
