import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { Notice } from "@/design";
import { useFormat } from "@/format";

import { usePlace } from "../useJournal";
import { folderOf, useSharing } from "./useSharing";

/** Who reads all new entries. Stands wherever somebody writes, because it changes who reads it. */
export function StandingNotice(): ReactElement | null {
  const { t } = useTranslation("sharing");
  const format = useFormat();
  const { data } = useSharing(usePlace());
  if (data === undefined) return null;
  const names = data.people
    .filter((person) => folderOf(data.folders, person.id) !== undefined)
    .map((person) => person.name);
  if (names.length === 0) return null;
  return (
    <Notice tone="attention" title={t("standing.notice", { names: format.list(names) })} testId="standing">
      <p>
        <Link to="/me/$section" params={{ section: "sharing" }}>
          {t("standing.change")}
        </Link>
      </p>
    </Notice>
  );
}
