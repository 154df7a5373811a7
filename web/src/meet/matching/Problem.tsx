import type { ReactElement } from "react";

import { ApiError } from "@/api/client";
import { ErrorState, Notice } from "@/design";

import { useMatchingWords } from "./words";

const KNOWN = new Set([
  "no-longer-free",
  "asks-first",
  "enough-asked",
  "enquiry-over",
  "human-first",
  "baseline-missing",
  "intake-missing",
]);

/** A problem of matching in its own words, any other as everywhere. */
export function Problem({ error }: { readonly error: unknown }): ReactElement {
  const { t } = useMatchingWords();
  if (error instanceof ApiError && KNOWN.has(error.code)) {
    return (
      <Notice tone="attention" live>
        {t(`problem.${error.code}`)}
      </Notice>
    );
  }
  return <ErrorState error={error} />;
}
