import type { ReactElement } from "react";

import { type FlagEntry, flagEntries } from "./flagEntries";
import { codeWords, useClinicWords, type ClinicWords } from "./language";
import type { FlagDelivery, FlagFull, FlagStepView } from "./types";

/** Everything that happened to a flag, newest first; every notification attempt with its outcome. */
export function FlagHistory({ flag }: { readonly flag: FlagFull }): ReactElement {
  const words = useClinicWords();
  const entries = flagEntries(flag.steps, flag.deliveries);
  return (
    <ul className="hc-history" data-testid="flag-history">
      {entries.map((entry) => (
        <li key={JSON.stringify(entry)}>
          <time dateTime={entry.at}>{words.moment(entry.at)}</time>
          <span>{entryWords(entry, words)}</span>
        </li>
      ))}
    </ul>
  );
}

const entryWords = (entry: FlagEntry, words: ClinicWords): string =>
  entry.kind === "step" ? historyWords(entry.step, words) : deliveryWords(entry.delivery, words);

/** "Notified · to Dana · by e-mail · skipped · no address". */
function deliveryWords(delivery: FlagDelivery, words: ClinicWords): string {
  const { t, moment } = words;
  const parts = [
    t("history.notified"),
    delivery.to ? t("history.to", { name: delivery.to }) : null,
    t(`channel.${delivery.channel}`),
    t(`deliveryOutcome.${delivery.outcome}`),
    delivery.reason === null ? null : deliveryReason(delivery.reason, words),
    delivery.retry_at === null ? null : t("history.again", { moment: moment(delivery.retry_at) }),
  ];
  return parts.filter((part) => part !== null).join(" · ");
}

/** The mail server's own number stands in "smtp-550". */
function deliveryReason(reason: string, words: ClinicWords): string {
  const code = /^smtp-(\d+)$/.exec(reason)?.[1];
  const { t } = words;
  return code === undefined
    ? t(`notify:reason.${reason}`, { defaultValue: t("notify:reason.other", { code: reason }) })
    : t("deliveryReason.smtp", { code });
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
