import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { api, clientPath } from "@/api/client";
import { useActive } from "@/api/session";
import { type Items, type Schemas } from "@/api/types";
import { ErrorState, Query } from "@/design";
import { useFormat } from "@/format";

import { Section } from "./Section";

type Row = Schemas["AssessmentView"];
type Talk = Schemas["TalkView"];

function useOfClient<T>(client: string, rest: string, key: string) {
  const { practice } = useActive();
  return useQuery({
    queryKey: [key, practice.id, client],
    queryFn: async () => (await api.get<Items<T>>(clientPath(practice.id, client, rest))).items,
  });
}

function useWrite(client: string, key: string) {
  const { practice } = useActive();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (rest: string) => api.post<unknown>(clientPath(practice.id, client, rest), {}),
    onSettled: () => cache.invalidateQueries({ queryKey: [key] }),
  });
}

/** A person's fourteen-day assessments: begin one, read its report; and their asking for a talk. */
export function AssessmentSection({ client }: { readonly client: string }): ReactElement {
  const { t } = useTranslation("assessment");
  const rows = useOfClient<Row>(client, "/assessments", "assessments");
  const write = useWrite(client, "assessments");
  const running = (rows.data ?? []).some((row) => row.state === "planned" || row.state === "running");
  return (
    <Section
      id="assessment"
      title={t("title")}
      actions={
        running || rows.data === undefined ? undefined : (
          <Button
            size="xs"
            variant="default"
            loading={write.isPending}
            onClick={() => write.mutate("/assessments")}
          >
            {t("clinician.begin")}
          </Button>
        )
      }
    >
      <Talks client={client} />
      {write.isError ? <ErrorState error={write.error} /> : null}
      <Query query={rows}>
        {(list) =>
          list.length === 0 ? (
            <p className="hf-soft">{t("clinician.none")}</p>
          ) : (
            <ul className="hf-plain-list">
              {list.map((row) => (
                <Assessment key={row.id} client={client} row={row} onLeave={write.mutate} />
              ))}
            </ul>
          )
        }
      </Query>
    </Section>
  );
}

interface AssessmentProps {
  readonly client: string;
  readonly row: Row;
  readonly onLeave: (rest: string) => void;
}

function Assessment({ client, row, onLeave }: AssessmentProps): ReactElement {
  const { t } = useTranslation("assessment");
  const format = useFormat();
  const period = t("report.period", { start: format.day(row.starts_on), end: format.day(row.ends_on) });
  const state =
    row.day === null ? t(`state.${row.state}`) : t("day-of", { day: row.day, of: row.days });
  const ended = row.state === "finished" || row.state === "left";
  return (
    <li>
      <div className="hf-row">
        <span>
          <strong>{period}</strong>
          <span className="hc-sub">
            {state} · {row.by_person ? t("clinician.by-person") : t("clinician.by-team")}
          </span>
        </span>
        <span className="hf-buttons">
          <Button
            component={Link}
            to={`/people/${client}/assessment/${row.id}`}
            size="xs"
            variant="default"
            aria-label={`${t("read")}: ${period}`}
          >
            {t("read")}
          </Button>
          {ended ? null : (
            <Button size="xs" variant="subtle" onClick={() => onLeave(`/assessments/${row.id}/leave`)}>
              {t("leave.title")}
            </Button>
          )}
        </span>
      </div>
    </li>
  );
}

/** What waits for an answer; what was taken on is history and stands below the newest. */
function Talks({ client }: { readonly client: string }): ReactElement | null {
  const { t } = useTranslation("assessment");
  const format = useFormat();
  const talks = useOfClient<Talk>(client, "/talk-requests", "talks");
  const write = useWrite(client, "talks");
  const last = talks.data?.[0];
  if (last === undefined) return null;
  const asked = t("clinician.asked", { time: format.soon(last.asked_at) });
  return (
    <div className="hf-row" data-testid="talk-request">
      <span>
        <strong>{asked}</strong>
        {last.answered_at === null ? null : (
          <span className="hc-sub">
            {t("clinician.taken", { name: last.answered_by ?? "–", time: format.soon(last.answered_at) })}
          </span>
        )}
      </span>
      {last.answered_at === null ? (
        <Button size="xs" loading={write.isPending} onClick={() => write.mutate(`/talk-requests/${last.id}/take`)}>
          {t("clinician.take")}
        </Button>
      ) : null}
    </div>
  );
}
