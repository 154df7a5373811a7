import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Navigate, useParams } from "@tanstack/react-router";
import { type ReactElement, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useOwnRecord } from "@/api/session";
import type { AlertView, FlagStatus } from "@/api/types";
import { Notice, Page, Panel, Query } from "@/design";
import { useFormat } from "@/format";
import { loadPack, type Pack } from "@/measures/pack";
import { score, type Scored } from "@/measures/score";
import type { OutboxEntry } from "@/queue/db";
import { type Kept, useKept } from "@/queue/useOutbox";
import { Emergency } from "@/safety/Emergency";
import { FlagStatusCard } from "@/safety/FlagStatusCard";
import { FollowUp } from "@/safety/FollowUp";
import { CrisisLines, WhereAreYou } from "@/safety/Lines";

import { ScoreBar } from "./checkin/ScoreBar";
import { type Own, useFlags, useRecord, useToday } from "./data";

/** What comes after a check-in: first whatever worries, then how it came out. */
export default function After(): ReactElement {
  const { response } = useParams({ strict: false }) as { response: string };
  const kept = useKept(response);
  return (
    <Query query={kept}>
      {(found) => (found === null ? <Navigate to="/flags-status" /> : <Packed kept={found} />)}
    </Query>
  );
}

function usePack(own: Own, entry: OutboxEntry | null) {
  const id = entry?.body.instrument;
  const version = entry?.body.version;
  return useQuery({
    queryKey: ["pack", id, version],
    queryFn: () =>
      id === undefined || version === undefined ? null : loadPack(own.practiceId, id, version),
    staleTime: Infinity,
    enabled: entry !== null,
  });
}

function Packed({ kept }: { kept: Kept }): ReactElement {
  const own = useOwnRecord();
  const pack = usePack(own, kept.entry);
  const followPack = usePack(own, kept.followUp);
  return (
    <Query query={pack}>
      {(loaded) =>
        loaded === null ? null : (
          <Outcome kept={kept} pack={loaded} followPack={followPack.data ?? null} />
        )
      }
    </Query>
  );
}

/** Levels at which the help card stands before everything else. */
const WORRIES = new Set(["concern", "urgent", "emergency"]);

const alertsOf = (pack: Pack | null, entry: OutboxEntry | null): AlertView[] =>
  pack === null || entry === null ? [] : score(pack, entry.body.answers).alerts;

interface OutcomeProps {
  kept: Kept;
  pack: Pack;
  followPack: Pack | null;
}

function Outcome({ kept, pack, followPack }: OutcomeProps): ReactElement {
  const { t } = useTranslation("person");
  const own = useOwnRecord();
  const record = useRecord(own);
  const { entry, followUp } = kept;
  const sex = record.data?.sex === "female" || record.data?.sex === "male" ? record.data.sex : null;
  const scored = useMemo(() => score(pack, entry.body.answers, sex), [pack, entry, sex]);
  const followAlerts = useMemo(() => alertsOf(followPack, followUp), [followPack, followUp]);
  const worrying = scored.alerts.filter((alert) => WORRIES.has(alert.level));
  const asks = scored.alerts.find((alert) => alert.follow_up !== null)?.follow_up ?? null;
  const emergency = followAlerts.some((alert) => alert.level === "emergency");

  if (worrying.length === 0) {
    return (
      <Page title={t("after.thanks")}>
        <Delivery entries={[entry]} worrying={false} />
        {scored.alerts.length > 0 ? <Notice title={t("after.someone-looks")} /> : null}
        <Result pack={pack} scored={scored} />
        <ToToday />
      </Page>
    );
  }
  return (
    <Page title={t("after.thanks-telling")} lead={t("after.not-alone")}>
      {emergency ? <Emergency {...own} /> : null}
      {asks !== null && followUp === null ? (
        <FollowUp parent={entry.id} instrument={asks} {...own} onDone={() => undefined} />
      ) : null}
      <Panel title={t("after.what-next")} testId="help-card">
        <Delivery entries={followUp === null ? [entry] : [entry, followUp]} worrying />
      </Panel>
      {emergency ? null : <WhereAreYou />}
      <CrisisLines withEmergency={!emergency} />
      <Result pack={pack} scored={scored} />
      <ToToday />
    </Page>
  );
}

interface DeliveryProps {
  entries: OutboxEntry[];
  worrying: boolean;
}

/** The truth about where the answers are: on this device, received, or seen. */
function Delivery({ entries, worrying }: DeliveryProps): ReactElement {
  const { t } = useTranslation("person");
  const format = useFormat();
  const waiting = entries.some((entry) => entry.state === "waiting");
  const refused = entries.some((entry) => entry.state === "refused");
  const unread = entries.some((entry) => entry.state === "unread");
  const receipts = entries.flatMap((entry) => (entry.receipt === null ? [] : [entry.receipt]));
  const received = receipts.at(-1) ?? null;
  const flag = receipts.findLast((receipt) => receipt.flag !== null)?.flag ?? null;
  return (
    <div className="hf-stack" role="status" data-testid="delivery">
      {waiting ? (
        <Notice tone="attention" title={t("delivery.waiting")}>
          <p>
            {worrying && received === null ? t("delivery.nobody-told") : t("delivery.kept")}
          </p>
        </Notice>
      ) : null}
      {refused ? (
        <Notice tone="attention" title={t("delivery.refused")}>
          <p>{t(worrying ? "delivery.refused-worrying" : "delivery.refused-text")}</p>
        </Notice>
      ) : null}
      {unread ? (
        <Notice tone="attention" title={t("delivery.unread")}>
          <p>{t(worrying ? "delivery.unread-worrying" : "delivery.unread-text")}</p>
        </Notice>
      ) : null}
      {flag !== null ? <LiveFlag first={flag} /> : null}
      {flag === null && received !== null && !waiting ? (
        <p>{t("delivery.received", { time: format.soon(received.received_at) })}</p>
      ) : null}
    </div>
  );
}

/** The flag as the server has it now; the receipt's copy until the first answer. */
function LiveFlag({ first }: { first: FlagStatus }): ReactElement {
  const own = useOwnRecord();
  const flags = useFlags(own);
  const today = useToday(own);
  const known = [...(flags.data ?? []), ...(today.data?.open_flags ?? [])];
  return <FlagStatusCard flag={known.find((each) => each.id === first.id) ?? first} />;
}

function Result({ pack, scored }: { pack: Pack; scored: Scored }): ReactElement {
  const { t } = useTranslation("person");
  const shown = pack.scales.flatMap((scale) => {
    const value = scored.scores[scale.id];
    return value === null || value === undefined ? [] : [{ scale, value }];
  });
  return (
    <Panel title={t("after.result")}>
      {shown.length === 0 ? <p>{t("after.no-score")}</p> : null}
      {shown.map(({ scale, value }) => (
        <ScoreBar key={scale.id} pack={pack} scale={scale} value={value} />
      ))}
      {scored.missing.length === 0 ? null : (
        <p className="hf-soft">{t("after.missing", { count: scored.missing.length })}</p>
      )}
      <p className="hf-soft hf-small">{t("after.not-a-verdict")}</p>
    </Panel>
  );
}

function ToToday(): ReactElement {
  const { t } = useTranslation("person");
  return (
    <div className="hf-buttons">
      <Button component={Link} to="/today" variant="default">
        {t("checkin.to-today")}
      </Button>
      <Button component={Link} to="/progress" variant="subtle">
        {t("after.progress")}
      </Button>
    </div>
  );
}
