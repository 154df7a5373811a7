import type { ReactElement } from "react";

import { ApiError } from "@/api/problems";
import { ErrorState, Notice } from "@/design";

import { useAdminWords } from "./language";

const REFUSALS: ReadonlySet<string> = new Set([
  "not-ready",
  "still-needed",
  "demo-practice",
  "practice-not-live",
  "already-linked",
  "already-there",
  "last-administrator",
  "country-unconfirmed",
]);

/** Why the practice's rules refused a change, and which requirements it would break. */
export function AdminProblem({ error }: { readonly error: Error }): ReactElement {
  const { t } = useAdminWords();
  if (!(error instanceof ApiError) || !REFUSALS.has(error.code)) return <ErrorState error={error} />;
  const fields = error.fields.map((each) =>
    t(`requirement.${each.field}.title`, { defaultValue: each.detail }),
  );
  return (
    <div role="alert">
      <Notice tone="attention" title={t(`problem.${error.code}`)}>
        {fields.length === 0 ? null : <p>{fields.join(" · ")}</p>}
      </Notice>
    </div>
  );
}
