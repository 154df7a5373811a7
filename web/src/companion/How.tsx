import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useOwnRecord } from "@/api/session";
import { Notice, Panel } from "@/design";
import { useFormat } from "@/format";

import { fetchPolicy, type Leave, type Policy } from "./api";
import { canDictate, canReadAloud } from "./speech";

/** What the practice has written down on who is told, and when. */
export function PolicyText({ policy }: { policy: Policy | null }): ReactElement {
  const { t } = useTranslation("companion");
  const format = useFormat();
  return (
    <Panel title={t("policy.title")} testId="talk-policy">
      {policy === null ? (
        <p>{t("policy.unknown")}</p>
      ) : (
        <>
          <ul className="hf-talk-sentences">
            {policy.sentences.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
          {policy.note === "" ? null : (
            <blockquote className="hf-talk-quote" dir="auto">
              {policy.note}
            </blockquote>
          )}
          {policy.since === null ? null : (
            <p className="hf-soft hf-small">{t("policy.since", { day: format.date(policy.since) })}</p>
          )}
        </>
      )}
    </Panel>
  );
}

/** The policy as the ticket brought it, else as it was last seen on this device. */
export function usePolicy(leave: Leave | undefined): Policy | null {
  const { i18n } = useTranslation();
  const { practiceId } = useOwnRecord();
  const held = useQuery({
    queryKey: ["companion-policy", practiceId, i18n.language],
    queryFn: () => fetchPolicy(practiceId, i18n.language),
    staleTime: 300_000,
    retry: false,
  });
  return leave?.policy ?? held.data?.policy ?? null;
}

/** How this works: what it is, who reads, what is kept, and what speech means. */
export function How({ leave }: { leave: Leave | undefined }): ReactElement {
  const { t } = useTranslation("companion");
  const policy = usePolicy(leave);
  return (
    <>
      <Panel title={t("how.title")}>
        <ul className="hf-talk-sentences">
          <li>{t("how.program")}</li>
          <li>{t("how.passing")}</li>
          <li>{t("how.sealed")}</li>
          <li>{t("how.offline")}</li>
          {leave?.model === true ? <li>{t("how.model", { name: leave.model_name ?? "" })}</li> : null}
        </ul>
        <p>
          <Anchor component={Link} to="/protocol">
            {t("how.protocol")}
          </Anchor>
        </p>
      </Panel>
      <PolicyText policy={policy} />
      {canDictate() || canReadAloud() ? (
        <Notice title={t("how.speech-title")}>
          <p>{t("how.speech")}</p>
        </Notice>
      ) : null}
    </>
  );
}
