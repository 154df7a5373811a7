import type { ReactElement } from "react";

import { ApiError } from "@/api/client";
import { ErrorState, Notice } from "@/design";

import { useGroupWords } from "./words";

const KNOWN = new Set([
  "programme-times-taken",
  "programme-published",
  "programme-not-running",
  "programme-id-taken",
  "joining-over",
  "already-asked",
  "enrolment-over",
  "rules-changed",
  "session-not-begun",
  "no-place-in-session",
]);

interface Taken {
  readonly starts_at: string;
  readonly reason: string;
}

/** The times that stand in the way of publishing. */
function takenIn(error: ApiError): readonly Taken[] {
  const body = error.data as { taken?: Taken[] } | null;
  return body?.taken ?? [];
}

/** A problem of programmes in its own words, any other as everywhere. */
export function Problem({ error }: { readonly error: unknown }): ReactElement {
  const { t, moment, list } = useGroupWords();
  if (!(error instanceof ApiError && KNOWN.has(error.code))) return <ErrorState error={error} />;
  const taken = takenIn(error);
  return (
    <Notice tone="attention" live>
      {t(`problem.${error.code}`)}{" "}
      {taken.length === 0 ? null : t("taken", { when: list(taken.map((one) => moment(one.starts_at))) })}
    </Notice>
  );
}
