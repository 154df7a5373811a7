import { useMemo } from "react";

import { codeWords, useClinicWords } from "./language";
import type { Overview } from "./types";

/** Words for the events that have no label of their own. */
export function useEventNames() {
  const words = useClinicWords();
  return useMemo(
    () => ({
      meeting: (withWhom: string | null) =>
        withWhom === null ? words.t("meeting") : words.t("meetingWith", { name: withWhom }),
      flag: (flag: Overview["flags"][number]) =>
        flag.reason ? codeWords(words, "reason", flag.reason) : words.t(`level.${flag.level}`),
    }),
    // The words change with the language only; the object around them is new every time.
    // oxlint-disable-next-line react/exhaustive-deps
    [words.t, words.locale],
  );
}
