import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { secretWord } from "@/auth/secretWord";
import type { PlotEvent } from "@/charts";
import { ErrorState, Loading, Notice, Query } from "@/design";
import { VaultError } from "@/vault/engine/errors";
import { SetUp } from "@/vault/SetUp";
import { Unlock } from "@/vault/Unlock";
import { useAccess } from "@/vault/useJournal";
import { Words } from "@/vault/sharing/Words";
import { vaultWorker } from "@/vault/worker";

import { useClinicWords } from "../language";
import { Section } from "../Section";
import type { SharedPage, SharedText } from "./received";
import { SharedTextCard } from "./SharedTextCard";
import { eventsOf, useKeyStanding, useSharedTexts } from "./useSharedTexts";

interface Props {
  client: string;
  name: string;
  /** Given what is to stand on the page's time axis. */
  onEvents: (events: PlotEvent[]) => void;
}

/** What the person shares of their private writing, opened on this device with the reader's own key. */
export default function SharedSection(props: Props): ReactElement {
  const { t } = useTranslation("sharing");
  const { me } = useActive();
  const access = useAccess(me.id);
  return (
    <Section id="shared" title={t("reader.title", { name: props.name })}>
      <Query query={access}>
        {(found) => {
          if (found.state === "open") return <Texts {...props} />;
          if (found.state === "locked") return <Locked vault={found.vault} />;
          return <NoKey name={props.name} />;
        }}
      </Query>
    </Section>
  );
}

function useAgain(): () => void {
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: ["vault-access"] });
}

function NoKey({ name }: { name: string }): ReactElement {
  const { t } = useTranslation("sharing");
  const { me } = useActive();
  const [making, setMaking] = useState(false);
  const again = useAgain();
  if (making) {
    return (
      <SetUp
        onDone={again}
        title={t("reader.setup-title")}
        lead={t("reader.setup-lead", secretWord(me))}
      />
    );
  }
  return (
    <>
      <p className="hf-soft">{t("reader.need-key", { name })}</p>
      <div>
        <Button size="sm" variant="default" onClick={() => setMaking(true)}>
          {t("reader.make-key")}
        </Button>
      </div>
    </>
  );
}

function Locked({ vault }: { vault: Parameters<typeof Unlock>[0]["vault"] }): ReactElement {
  const { t } = useTranslation("sharing");
  const { me } = useActive();
  const [opening, setOpening] = useState(false);
  const again = useAgain();
  if (opening) {
    return (
      <Unlock
        vault={vault}
        onDone={again}
        title={t("reader.unlock-title")}
        lead={t("reader.unlock-lead", secretWord(me))}
      />
    );
  }
  return (
    <div className="hf-row" data-testid="shared-locked">
      <span>{t("reader.locked")}</span>
      <Button size="sm" variant="default" onClick={() => setOpening(true)}>
        {t("reader.unlock")}
      </Button>
    </div>
  );
}

function Texts({ client, name, onEvents }: Props): ReactElement {
  const { t } = useTranslation("sharing");
  const shared = useSharedTexts(client);
  const pages = shared.data?.pages;
  useEffect(() => {
    const texts = (pages ?? []).flatMap((page) => page.texts);
    onEvents(eventsOf(texts, (text) => t(`kind.${text.what}`, { day: "" })));
    return () => onEvents([]);
  }, [pages, onEvents, t]);
  if (shared.isError) {
    const { error } = shared;
    const unexpected = error instanceof VaultError && error.code === "keys-changed-unexpectedly";
    if (!unexpected) return <ErrorState error={error} retry={() => void shared.refetch()} />;
    return (
      <Notice tone="clay" title={t("keys.unexpected", { name })} testId="keys-unexpected">
        <p>{t("keys.unexpected-text", { name })}</p>
      </Notice>
    );
  }
  if (pages === undefined) return <Loading />;
  const [first] = pages;
  return (
    <>
      {first === undefined ? null : <State page={first} name={name} />}
      <ol className="hf-plain-list" aria-label={t("reader.title", { name })}>
        {pages
          .flatMap((page) => page.texts.map((text): [SharedPage, SharedText] => [page, text]))
          .map(([page, text]) => (
            <SharedTextCard key={text.id} text={text} owner={page.owner} client={client} name={name} />
          ))}
      </ol>
      <div className="hf-buttons">
        {shared.hasNextPage ? (
          <Button size="sm" variant="default" onClick={() => void shared.fetchNextPage()}>
            {t("reader.page")}
          </Button>
        ) : null}
        <Button
          size="sm"
          variant="default"
          loading={shared.isFetching}
          onClick={() => void shared.refetch()}
        >
          {t("reader.again")}
        </Button>
        <Lock />
      </div>
    </>
  );
}

/** What holds for all of it: nothing there, something taken back, keys to compare. */
function State({ page, name }: { page: SharedPage; name: string }): ReactElement {
  const { t } = useTranslation("sharing");
  const { moment } = useClinicWords();
  const { me } = useActive();
  const standing = useKeyStanding(page);
  return (
    <>
      {page.texts.length === 0 ? <p className="hf-soft">{t("reader.none", { name })}</p> : null}
      {page.stoppedAt === null ? null : (
        <p className="hf-soft hf-small" data-testid="shared-stopped">
          {t("reader.stopped", { at: moment(page.stoppedAt), name })}
        </p>
      )}
      {page.texts.length === 0 ? null : (
        <p className="hf-soft hf-small">{t("reader.unwatched")}</p>
      )}
      {standing.data === undefined ? null : (
        <Words
          user={me.id}
          name={name}
          standing={standing.data}
          onChanged={async () => void (await standing.refetch())}
        />
      )}
    </>
  );
}

function Lock(): ReactElement {
  const { t } = useTranslation("sharing");
  const { me } = useActive();
  const client = useQueryClient();
  const again = useAgain();
  const lock = async (): Promise<void> => {
    await vaultWorker.ask("lock", me.id);
    client.removeQueries({ queryKey: ["shared"] });
    again();
  };
  return (
    <Button size="sm" variant="subtle" onClick={() => void lock()}>
      {t("reader.lock")}
    </Button>
  );
}
