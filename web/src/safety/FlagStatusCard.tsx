import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import type { FlagStatus } from "@/api/types";
import { Notice } from "@/design";
import { useFormat } from "@/format";

import "./safety.css";

/** Steps of a flag's history that a person is shown; the rest is the practice's own bookkeeping. */
const SHOWN = new Set([
  "raised",
  "repeated",
  "level-raised",
  "assigned",
  "escalated",
  "chain-exhausted",
  "acknowledged",
  "contact-attempt",
  "acted",
  "closed",
]);

type Standing = "unseen" | "overdue" | "alarm" | "seen" | "acted" | "closed";

/** What is true of a flag at `now`. */
export function standingOf(flag: FlagStatus, now: Date): Standing {
  if (flag.state === "closed" || flag.state === "acted") return flag.state;
  if (flag.state === "acknowledged") return "seen";
  if (flag.alarm) return "alarm";
  const due = flag.due_at === null ? Infinity : Date.parse(flag.due_at);
  return due < now.getTime() ? "overdue" : "unseen";
}

/** The newest answer that joined the flag after somebody had looked: nobody said they saw that one. */
export function addedSinceSeen(flag: FlagStatus): string | null {
  const { seen_at: seen, state, history } = flag;
  if (seen === null || state === "closed") return null;
  const added = history.filter(({ kind, at }) => kind === "repeated" && Date.parse(at) > Date.parse(seen));
  return added.at(-1)?.at ?? null;
}

interface Props {
  flag: FlagStatus;
  withHistory?: boolean;
}

/** Where an answer that worried stands: who knows, who has looked, and what happens next. */
export function FlagStatusCard({ flag, withHistory = false }: Props): ReactElement {
  const { t } = useTranslation("safety");
  const format = useFormat();
  const standing = standingOf(flag, new Date());
  const owner = flag.owner_name ?? t("status.someone");
  const addedSince = addedSinceSeen(flag);
  const due = flag.due_at === null ? null : format.soon(flag.due_at);
  return (
    <div className="hf-stack" data-testid="flag-status" data-standing={standing}>
      <ol className="hf-timeline">
        <li>{t("status.answered", { time: format.soon(flag.answered_at) })}</li>
        <li>{t("status.received", { time: format.soon(flag.raised_at) })}</li>
        <li>
          {t("status.told", { name: owner })}{" "}
          {due !== null && ["unseen"].includes(standing)
            ? t(flag.due_kind === "same_day" ? "status.due-today" : "status.due-opening", {
                time: due,
              })
            : null}
        </li>
        <li data-pending={flag.seen_at === null ? "yes" : "no"}>
          <strong>
            {flag.seen_at === null
              ? t("status.not-seen")
              : t("status.seen", {
                  name: flag.seen_by ?? t("status.someone"),
                  time: format.soon(flag.seen_at),
                })}
          </strong>
        </li>
        {addedSince === null ? null : (
          <li data-pending="yes">{t("status.added-since", { time: format.soon(addedSince) })}</li>
        )}
        {flag.state === "acted" ? <li>{t("status.acted")}</li> : null}
        {flag.state === "closed" ? (
          <li>
            {flag.closed_at === null
              ? t("status.closed")
              : t("status.closed-at", { time: format.soon(flag.closed_at) })}
          </li>
        ) : null}
      </ol>
      {standing === "overdue" ? (
        <Notice tone="attention">
          <p>{t("status.overdue")}</p>
        </Notice>
      ) : null}
      {standing === "alarm" ? (
        <Notice tone="clay" title={t("status.alarm-title")}>
          <p>{t("status.alarm")}</p>
        </Notice>
      ) : null}
      {flag.reachable || flag.state === "closed" ? null : (
        <Notice tone="attention">
          <p>{t("status.unreachable")}</p>
        </Notice>
      )}
      {withHistory ? <History flag={flag} /> : null}
    </div>
  );
}

function History({ flag }: { flag: FlagStatus }): ReactElement {
  const { t } = useTranslation("safety");
  const format = useFormat();
  const steps = flag.history.filter((step) => SHOWN.has(step.kind));
  return (
    <details>
      <summary>{t("status.history")}</summary>
      <ul className="hf-timeline">
        {steps.map((step) => (
          <li key={`${step.at}-${step.kind}`}>
            {t(`history.${step.kind}`, { name: step.by ?? t("status.someone") })}{" "}
            <span className="hf-soft hf-small">{format.dateTime(step.at)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
