/** Small signs of the clinician's screens; every one of them says itself in words too. */
import type { ReactElement, ReactNode } from "react";

import type { FlagLevel } from "@/api/types";

import { dueState } from "./due";
import { agoWords, dueWords, useClinicWords } from "./language";
import type { Verdict } from "./types";

const LEVEL_SHAPES: Record<FlagLevel, ReactElement> = {
  none: <circle cx="7" cy="7" r="4" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  watch: <circle cx="7" cy="7" r="4.500" fill="none" stroke="currentColor" strokeWidth="2" />,
  concern: <path d="M7 1l6 6l-6 6l-6 -6z" fill="currentColor" />,
  urgent: <path d="M7 1l6.500 12h-13z" fill="currentColor" />,
  emergency: <path d="M4.500 1h5l3.500 3.500v5l-3.500 3.500h-5l-3.500 -3.500v-5z" fill="currentColor" />,
};

/** How soon a human should look. It is no measure of risk. */
export function LevelMark({ level }: { readonly level: FlagLevel }): ReactElement {
  const { t } = useClinicWords();
  return (
    <span className="hc-mark" data-level={level}>
      <svg width="14" height="14" aria-hidden="true">{LEVEL_SHAPES[level]}</svg>
      {t(`level.${level}`)}
    </span>
  );
}

export function Due({ at, now }: { readonly at: string | null; readonly now: number }): ReactElement {
  const words = useClinicWords();
  const state = dueState(at, now);
  return (
    <span className="hc-due" data-state={state}>
      {at === null ? (
        dueWords(at, now, words)
      ) : (
        <time dateTime={at} title={words.moment(at)}>{dueWords(at, now, words)}</time>
      )}
    </span>
  );
}

const VERDICT_SHAPES: Record<Verdict, string> = {
  improved: "M2 7l3.500 3.500L12 3",
  deteriorated: "M7 2v7M7 12v.5",
  unchanged: "M2 5h10M2 9h10",
  insufficient: "M2 7h2M6 7h2M10 7h2",
};

/** Whether a change is more than measurement noise, in words. */
export function VerdictMark({ verdict }: { readonly verdict: Verdict }): ReactElement {
  const { t } = useClinicWords();
  return (
    <span className="hc-verdict" data-verdict={verdict}>
      <svg width="14" height="14" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="2">
        <path d={VERDICT_SHAPES[verdict]} />
      </svg>
      {t(`verdict.${verdict}`)}
    </span>
  );
}

export function Tag({ tone, children }: { readonly tone?: "attention"; readonly children: ReactNode }): ReactElement {
  return <span className="hc-tag" data-tone={tone}>{children}</span>;
}

/** A moment as relative words; the exact time stands beside it or in the title. */
export function Ago({ at, now, none }: { readonly at: string | null; readonly now: number; readonly none: string }): ReactElement {
  const words = useClinicWords();
  if (at === null) return <span className="hf-soft">{none}</span>;
  return (
    <time dateTime={at} title={words.moment(at)}>{agoWords(at, now, words)}</time>
  );
}

/** A telephone number to press; digits run left to right in every language. */
export function Phone({ number, label, quiet = false }: { readonly number: string; readonly label?: string; readonly quiet?: boolean }): ReactElement {
  return (
    <a className="hc-call" data-quiet={quiet ? true : undefined} href={`tel:${number.replaceAll(/[^+\d]/g, "")}`}>
      {label === undefined ? null : <span>{label}</span>}
      <bdi className="hf-phone">{number}</bdi>
    </a>
  );
}

export function Key({ children }: { readonly children: string }): ReactElement {
  return <kbd className="hc-key">{children}</kbd>;
}
