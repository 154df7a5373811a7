import type { ReactElement } from "react";

import { ApiError } from "@/api/client";
import { ErrorState, Notice } from "@/design";

import { usePeerWords } from "./words";

const KNOWN = new Set([
  "peers-adults-only",
  "peers-suspended",
  "peers-one-at-a-time",
  "peer-chat-taken",
  "peer-chat-over",
  "peers-enough-at-once",
  "peers-no-badge",
  "peers-not-trained",
  "peers-name-tells-who",
  "peers-nothing-asked",
]);

/** A problem of peer support in its own words, any other as everywhere. */
export function Problem({ error }: { readonly error: unknown }): ReactElement {
  const { t } = usePeerWords();
  if (error instanceof ApiError && KNOWN.has(error.code)) {
    return (
      <Notice tone="attention" live>
        {t(`problem.${error.code}`)}
      </Notice>
    );
  }
  return <ErrorState error={error} />;
}
