import { Button, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, clientPath } from "@/api/client";
import { ApiError } from "@/api/problems";
import { useOwnRecord } from "@/api/session";
import { fetchPolicy } from "@/companion/api";
import type { ConsentShown, ConsentText, ConsentView, Items } from "@/api/types";
import { ErrorState, Loading, Panel, Query } from "@/design";
import { useFormat } from "@/format";

import { useList } from "./useList";

/** What the person agreed to: the words, since when, and how to take it back. */
export default function Consents(): ReactElement {
  const { i18n } = useTranslation("record");
  const list = useList<ConsentView>("consents");
  const texts = useQuery({
    queryKey: ["consent-texts", i18n.language],
    queryFn: () =>
      api.get<Items<ConsentText>>("/consent-texts", { query: { language: i18n.language } }),
  });
  const { practiceId } = useOwnRecord();
  // Agreeing beforehand means nothing where the practice does not offer it.
  const policy = useQuery({
    queryKey: ["companion-policy", practiceId, i18n.language],
    queryFn: () => fetchPolicy(practiceId, i18n.language),
  });
  const offered = policy.data?.policy.words === "standing";
  const failed = list.add.error ?? list.remove.error;
  return (
    <Query query={texts}>
      {({ items }) => (
        <Query query={list.rows}>
          {(rows) => (
            <>
              {failed === null ? null : <ErrorState error={failed} />}
              {inQuestion(items, rows, offered).map((text) => (
                <Purpose
                  key={text.purpose}
                  text={text}
                  decisions={rows.filter((row) => row.purpose === text.purpose)}
                  busy={list.add.isPending || list.remove.isPending}
                  agree={() =>
                    list.add.mutate(
                      { purpose: text.purpose, language: text.language, text_sha256: text.sha256 },
                      { onError: (error) => hasChanged(error) && void texts.refetch() },
                    )
                  }
                  withdraw={(id) => list.remove.mutate(id)}
                  refuse={() =>
                    // A no is a decision on these words, too: they are kept with it.
                    list.add.mutate(
                      { purpose: text.purpose, language: text.language, text_sha256: text.sha256 },
                      { onSuccess: (made) => list.remove.mutate((made as ConsentView).id) },
                    )
                  }
                />
              ))}
            </>
          )}
        </Query>
      )}
    </Query>
  );
}

/** That words which worry go to whoever is on call without being sent. */
const BEFOREHAND = "crisis_words";

/** The purposes that there is something to decide about. */
const inQuestion = (texts: ConsentText[], rows: ConsentView[], offered: boolean): ConsentText[] =>
  texts.filter(
    ({ purpose }) =>
      purpose !== BEFOREHAND || offered || rows.some((row) => row.purpose === purpose),
  );

/** What is done until the person says no: see docs/reference/consent.md. */
const HOLDS: ReadonlySet<string> = new Set(["care_team", "screening", "crisis_contact"]);

const hasChanged = (error: unknown): boolean =>
  error instanceof ApiError && error.code === "consent-text-changed";

interface PurposeProps {
  text: ConsentText;
  /** The person's decisions about this purpose, newest first. */
  decisions: ConsentView[];
  busy: boolean;
  agree: () => void;
  withdraw: (id: string) => void;
  refuse: () => void;
}

function Purpose({ text, decisions, busy, agree, withdraw, refuse }: PurposeProps): ReactElement {
  const { t } = useTranslation("record");
  const format = useFormat();
  const [asking, setAsking] = useState(false);
  const standing = decisions.find((one) => one.withdrawn_at === null);
  const last = decisions[0];
  const holds = last === undefined && HOLDS.has(text.purpose);
  const newer = standing !== undefined && standing.version !== text.version;
  return (
    <Panel title={text.title}>
      {text.text.map((one) => (
        <p key={one}>{one}</p>
      ))}
      {text.status === "draft" ? <p className="hf-soft hf-small">{t("consent.draft")}</p> : null}
      <p>
        {holds ? null : (
          <strong>{standing === undefined ? t("consent.not") : t("consent.stands")} </strong>
        )}
        {holds
          ? t("consent.holds")
          : standing !== undefined
          ? t("consent.given", { date: format.date(standing.given_at) })
          : last?.withdrawn_at
            ? t("consent.withdrawn", { date: format.date(last.withdrawn_at) })
            : t("consent.never")}
      </p>
      {newer ? <p>{t("consent.newer")}</p> : null}
      <div className="hf-row">
        {standing === undefined || newer ? (
          <Button aria-label={`${t("consent.agree")}: ${text.title}`} loading={busy} onClick={agree}>
            {t("consent.agree")}
          </Button>
        ) : null}
        {standing === undefined && !holds ? null : (
          <Button
            variant="default"
            aria-label={`${t(holds ? "consent.refuse" : "consent.withdraw")}: ${text.title}`}
            disabled={busy}
            onClick={() => setAsking(true)}
          >
            {t(holds ? "consent.refuse" : "consent.withdraw")}
          </Button>
        )}
      </div>
      {decisions.map((one) => (
        <Earlier key={one.id} decision={one} title={text.title} />
      ))}
      <Modal opened={asking} onClose={() => setAsking(false)} title={t(holds ? "consent.refuse" : "consent.reallyTitle")}>
        <p>{text.withdrawing}</p>
        <div className="hf-row">
          <Button
            color="red"
            onClick={() => {
              setAsking(false);
              if (standing === undefined) refuse();
              else withdraw(standing.id);
            }}
          >
            {t(holds ? "consent.refuseAction" : "consent.withdrawAction")}
          </Button>
          <Button variant="default" onClick={() => setAsking(false)}>
            {t(holds ? "common:back" : "consent.keepIt")}
          </Button>
        </div>
      </Modal>
    </Panel>
  );
}

/** A decision and, when asked for, the exact words it was made on. */
function Earlier({ decision, title }: { decision: ConsentView; title: string }): ReactElement {
  const { t } = useTranslation("record");
  const format = useFormat();
  const { practiceId, clientId } = useOwnRecord();
  const [open, setOpen] = useState(false);
  const shown = useQuery({
    queryKey: ["consent-shown", decision.id],
    queryFn: () =>
      api.get<ConsentShown>(clientPath(practiceId, clientId, `/consents/${decision.id}/text`)),
    enabled: open,
  });
  const given = format.date(decision.given_at);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {decision.withdrawn_at === null
          ? t("consent.showEarlier")
          : t("consent.was", { title, given, withdrawn: format.date(decision.withdrawn_at) })}
      </summary>
      {shown.data === undefined ? (
        open ? (
          <Loading />
        ) : null
      ) : shown.data.paragraphs.length === 0 ? (
        <p>{t("consent.noWords")}</p>
      ) : (
        shown.data.paragraphs.map((one) => (
          <p key={one} lang={decision.language} dir="auto">
            {one}
          </p>
        ))
      )}
      {shown.isError ? <ErrorState error={shown.error} /> : null}
    </details>
  );
}
