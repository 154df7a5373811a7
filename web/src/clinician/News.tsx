import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { Panel } from "@/design";

import { useNews, usePutAway } from "./api";
import { agoWords, useClinicWords } from "./language";
import { useNow } from "./useNow";

/** Kinds that have their own sentence; any other is told as "there is news". */
const KINDS: ReadonlySet<string> = new Set([
  "flag-raised",
  "flag-level-raised",
  "flag-escalated",
  "flag-assigned",
  "flag-chain-exhausted",
  "flag-withdrawn",
  "passage-sent",
  "screen-failed",
  "gate-closed",
  "talk-asked",
  "notes-asked-for",
  "appointment-move-asked",
  "appointment-undelivered",
  "calendar-question",
  "calendar-refused",
  "calendar-failed",
  "vault-keys-changed",
  "appointment-booked",
  "appointment-moved",
  "appointment-cancelled",
  "enquiry-sent",
  "client-left",
  "programme-asked",
  "programme-left",
  "client-waits",
  "message",
  "peer-report",
  "listener-ready",
]);

const AT_ONCE = 5;

/** Whether news is about a flag that can be opened. */
const ofFlag = (kind: string): boolean => kind.startsWith("flag-") || kind === "passage-sent";

/** What a clinician has been told, newest first, until they put it away. */
export function News(): ReactElement | null {
  const words = useClinicWords();
  const { t } = words;
  const now = useNow();
  const news = useNews();
  const putAway = usePutAway();
  const list = news.data ?? [];
  if (list.length === 0) return null;
  return (
    <Panel title={t("news.title")} testId="news">
      <ul className="hf-plain-list">
        {list.slice(0, AT_ONCE).map((each) => (
          <li key={each.id} className="hf-row">
            <span>
              {t(`news.kind.${KINDS.has(each.kind) ? each.kind : "other"}`)}{" "}
              <span className="hf-soft hf-small">{agoWords(each.created_at, now, words)}</span>
            </span>
            <span className="hf-buttons">
              {each.subject_id === null || !ofFlag(each.kind) ? null : (
                <Link to="/worklist/$flagId" params={{ flagId: each.subject_id }}>{t("news.open")}</Link>
              )}
              {each.kind === "peer-report" || each.kind === "listener-ready" ? (
                <Link to="/admin/peers">{t("news.openPeers")}</Link>
              ) : null}
              {each.kind === "enquiry-sent" ? <Link to="/offer">{t("news.openEnquiries")}</Link> : null}
              {each.subject_id !== null && each.kind.startsWith("programme-") ? (
                <Link to="/groups/$programme" params={{ programme: each.subject_id }}>{t("news.openGroups")}</Link>
              ) : null}
              <Button size="xs" variant="subtle" onClick={() => putAway.mutate([each.id])}>
                {t("news.putAway")}
              </Button>
            </span>
          </li>
        ))}
      </ul>
      {list.length < 2 ? null : (
        <div>
          <Button
            size="xs"
            variant="default"
            loading={putAway.isPending}
            onClick={() => putAway.mutate(list.map((each) => each.id))}
          >
            {t("news.putAllAway", { count: list.length })}
          </Button>
        </div>
      )}
    </Panel>
  );
}
