import type { ReactElement } from "react";

import { codeWords, useClinicWords, type ClinicWords } from "./language";
import type { FlagFull, FlagStepView } from "./types";

/** Everything that happened to a flag, newest first; every notification attempt with its outcome. */
export function FlagHistory({ flag }: { readonly flag: FlagFull }): ReactElement {
  const words = useClinicWords();
  const entries = flag.steps.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return (
    <ul className="hc-history" data-testid="flag-history">
      {entries.map((entry) => (
        <li key={`${entry.at}/${entry.kind}/${entry.by ?? ""}/${JSON.stringify(entry.detail)}`}>
          <time dateTime={entry.at}>{words.moment(entry.at)}</time>
          <span>{historyWords(entry, words)}</span>
        </li>
      ))}
    </ul>
  );
}

/** An outcome means something else for a call, a delivery and the end of a flag. */
const OUTCOME_GROUPS: Record<string, string> = {
  "contact-attempt": "attemptOutcome",
  notified: "deliveryOutcome",
  closed: "outcome",
};

const text = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null;

/** "Dana: tried to reach them by phone, no answer". */
function historyWords(entry: FlagStepView, words: ClinicWords): string {
  const { t } = words;
  const { detail } = entry;
  const group = (name: string, value: unknown): string | null => {
    const code = text(value);
    return code === null ? null : codeWords(words, name, code);
  };
  const outcomes = OUTCOME_GROUPS[entry.kind] ?? "outcome";
  const parts = [
    t(`history.${entry.kind}`, { defaultValue: entry.kind }),
    text(entry.to) === null ? null : t("history.to", { name: entry.to }),
    group("means", detail["means"]),
    group("flagAction", detail["action"]),
    group("channel", detail["channel"]),
    group(outcomes, detail["outcome"]),
    group("level", detail["level"]),
    group("reason", detail["reason"]),
  ].filter((part) => part !== null);
  return entry.by === null ? parts.join(" · ") : `${entry.by}: ${parts.join(" · ")}`;
}
