import { Button } from "@mantine/core";
import type { ReactElement } from "react";

import { useActive } from "@/api/session";
import { EmptyState, Page, Panel, Query } from "@/design";

import { useListeners, usePracticeChange, useReports } from "./api";
import "./peers.css";
import { Problem } from "./Problem";
import type { ListenerRow, PeerReport } from "./types";
import { usePeerWords } from "./words";

/** Reports that wait for a decision, and who has the badge. */
export default function Moderation(): ReactElement {
  const { t } = usePeerWords();
  const { roles } = useActive();
  const reports = useReports();
  return (
    <Page title={t("moderation.title")} lead={t("moderation.lead")} width="wide">
      <Panel title={t("moderation.reports")} testId="peer-reports">
        <Query query={reports}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState title={t("moderation.none")} />
            ) : (
              <ul className="hf-plain-list">
                {items.map((one) => <Report key={one.id} report={one} />)}
              </ul>
            )
          }
        </Query>
      </Panel>
      {roles.has("administrator") ? <Listeners /> : null}
    </Page>
  );
}

/** Decisions about whoever was reported, and, where the report itself is the wrong, who made it. */
const DECISIONS = ["no-action", "warn", "suspend-listener", "suspend-asker"] as const;

function Report({ report }: { readonly report: PeerReport }): ReactElement {
  const { t, format } = usePeerWords();
  const decide = usePracticeChange();
  return (
    <li className="hf-stack" data-testid="peer-report">
      <span>
        <strong>{t(`reasons.${report.reason}`)}</strong> · {t(`moderation.by.${report.by}`)} ·{" "}
        <span className="hf-soft hf-small">{format.relative(report.at)}</span>
      </span>
      {report.others === 0 ? null : <span>{t("moderation.others", { many: report.others })}</span>}
      {report.words === "" ? null : <p dir="auto">{report.words}</p>}
      {report.excerpts.map((one) => (
        <blockquote key={one.at} className="hfp-quote">
          <span className="hf-soft hf-small">
            <bdi>{one.name}</bdi> ({t(`moderation.role.${one.by}`)})
          </span>
          <span className="hfp-said" dir="auto">{one.text}</span>
        </blockquote>
      ))}
      {report.decision === "" ? null : (
        <span>
          {t("moderation.decided", {
            decision: t(`moderation.decision.${report.decision}`),
            name: report.decided_by,
            when: report.decided_at === null ? "" : format.relative(report.decided_at),
          })}
        </span>
      )}
      {decide.isError ? <Problem error={decide.error} /> : null}
      <div className="hf-buttons">
        {DECISIONS.filter((one) => one !== report.decision).map((decision) => (
          <Button
            key={decision}
            size="sm"
            variant="default"
            loading={decide.isPending}
            onClick={() => decide.mutate({ method: "post", rest: `/peer-reports/${report.id}/decision`, body: { decision } })}
          >
            {t(`moderation.decision.${decision}`)}
          </Button>
        ))}
      </div>
    </li>
  );
}

function Listeners(): ReactElement {
  const { t } = usePeerWords();
  const listeners = useListeners(true);
  return (
    <Panel title={t("moderation.listeners")} testId="listeners">
      <Query query={listeners}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="hf-soft">{t("moderation.no-listeners")}</p>
          ) : (
            <ul className="hf-plain-list">
              {items.map((one) => <Row key={one.id} row={one} />)}
            </ul>
          )
        }
      </Query>
    </Panel>
  );
}

function Row({ row }: { readonly row: ListenerRow }): ReactElement {
  const { t } = usePeerWords();
  const badge = usePracticeChange();
  const given = row.status === "listening";
  const counts = t("moderation.counts", { chats: row.chats, reports: row.reports });
  return (
    <li className="hf-row">
      <span>
        <strong><bdi>{row.name}</bdi></strong> · {t(`moderation.status.${row.status}`)}
        <br />
        <span className="hf-soft hf-small">
          {t("moderation.modules", { done: row.modules, of: row.of_modules })} · {counts}
        </span>
        {badge.isError ? <Problem error={badge.error} /> : null}
      </span>
      {row.status === "training" ? null : (
        <Button
          size="sm"
          variant={given ? "default" : "filled"}
          loading={badge.isPending}
          onClick={() => badge.mutate({ method: "post", rest: `/listeners/${row.id}/badge`, body: { given: !given } })}
        >
          {t(given ? "moderation.take" : "moderation.give")}
        </Button>
      )}
    </li>
  );
}
