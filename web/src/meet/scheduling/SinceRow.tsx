import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { agoWords, useClinicWords } from "@/clinician/language";
import { useNow } from "@/clinician/useNow";

import { type SinceLine, sinceSentence } from "./since";

/** What became of somebody since the last meeting, in one line. */
export function SinceRow({ line }: { readonly line: SinceLine }): ReactElement {
  const words = useClinicWords();
  const { t } = useTranslation(["day", "clinician"]);
  const now = useNow();
  return (
    <span className="hf-soft hf-small hm-since" data-testid="since-line">
      {sinceSentence(line, { t: (key, values) => t(key, values ?? {}), number: words.number, ago: (at) => agoWords(at, now, words) })}
    </span>
  );
}
