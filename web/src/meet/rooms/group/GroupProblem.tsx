import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/problems";
import { Notice } from "@/design";

import { VisitProblem } from "../VisitProblem";

const CODES: ReadonlySet<string> = new Set([
  "group-too-large",
  "group-not-let-in",
  "group-of-another",
  "group-without-server",
]);

/** What a group's room refused, in its own words; a visit's own refusals as there. */
export function GroupProblem({ error }: { error: unknown }): ReactElement {
  const { t } = useTranslation("groupRoom");
  if (!(error instanceof ApiError) || !CODES.has(error.code)) return <VisitProblem error={error} />;
  return (
    <div role="alert">
      <Notice tone="attention">
        <p>{t(`problem.${error.code}`)}</p>
      </Notice>
    </div>
  );
}
