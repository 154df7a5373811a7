import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/problems";
import { ErrorState, Notice } from "@/design";

const CODES: ReadonlySet<string> = new Set([
  "visit-over",
  "visit-nobody-there",
  "visit-not-admitted",
  "visit-already-begun",
  "visit-too-early",
  "visit-without-room",
  "visit-of-another",
  "visit-not-by-phone",
]);

/** What a visit refused, in its own words; anything else as everywhere. */
export function VisitProblem({ error }: { error: unknown }): ReactElement {
  const { t } = useTranslation("rooms");
  if (!(error instanceof ApiError) || !CODES.has(error.code)) return <ErrorState error={error} />;
  return (
    <div role="alert">
      <Notice tone="attention">
        <p>{t(`problem.${error.code}`)}</p>
      </Notice>
    </div>
  );
}
