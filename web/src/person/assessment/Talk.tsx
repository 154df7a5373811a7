import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { api, clientPath } from "@/api/client";
import { useOwnRecord } from "@/api/session";
import { ErrorState, Notice, Panel } from "@/design";
import { useFormat } from "@/format";

import { type Talk as TalkRow, useTalks } from "./data";

/** The next step to a human: the care team is told, and the person sees who took it on. */
export function Talk(): ReactElement {
  const { t } = useTranslation("assessment");
  const own = useOwnRecord();
  const talks = useTalks(own);
  const client = useQueryClient();
  const ask = useMutation({
    mutationFn: () => api.post<TalkRow>(clientPath(own.practiceId, own.clientId, "/talk-requests"), {}),
    onSettled: () => client.invalidateQueries({ queryKey: ["talks"] }),
  });
  const last = talks.data?.[0] ?? null;
  const waits = last !== null && last.answered_at === null;
  return (
    <Panel title={t("talk.title")} testId="talk">
      <p>{t("talk.text")}</p>
      {last === null ? null : <Standing talk={last} />}
      {waits ? null : (
        <div className="hf-buttons">
          <Button size="lg" loading={ask.isPending} onClick={() => ask.mutate()}>
            {t("talk.ask")}
          </Button>
        </div>
      )}
      {ask.isError ? <ErrorState error={ask.error} /> : null}
      <p className="hf-soft">
        {t("talk.not-emergency")} <Link to="/help">{t("talk.help")}</Link>
      </p>
    </Panel>
  );
}

function Standing({ talk }: { talk: TalkRow }): ReactElement {
  const { t } = useTranslation("assessment");
  const format = useFormat();
  if (talk.answered_at === null) {
    return (
      <Notice live title={t("talk.told", { count: talk.told })} testId="talk-waits">
        <p>{t("talk.asked-at", { time: format.soon(talk.asked_at) })}</p>
      </Notice>
    );
  }
  const time = format.soon(talk.answered_at);
  return (
    <Notice live testId="talk-taken" title={t("talk.taken")}>
      <p>
        {talk.answered_by === null
          ? t("talk.taken-at", { time })
          : t("talk.taken-by", { name: talk.answered_by, time })}
      </p>
    </Notice>
  );
}
