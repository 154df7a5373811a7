import { Button, NativeSelect } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { v4 } from "uuid";

import { api, clientPath } from "@/api/client";
import { useActive, useOwnRecord } from "@/api/session";
import { Notice, Page, Panel, Query } from "@/design";
import { VaultGate } from "@/meet/messages/VaultGate";
import { vaultWorker } from "@/vault/worker";

import { KEY, useOwnChange, usePeers } from "./api";
import { NameField } from "./NameField";
import "./peers.css";
import { Problem } from "./Problem";
import type { PeerChatRow, Peers } from "./types";
import { madeUpName, SPOKEN, usePeerWords } from "./words";

const LIVE = new Set(["waiting", "open"]);

/** Ask for somebody who listens, wait honestly, and find one's chats again. */
export default function PeersPage(): ReactElement {
  const { t } = usePeerWords();
  const [waits, setWaits] = useState(false);
  const peers = usePeers(waits);
  const waiting = peers.data?.chats.some((one) => one.role === "asker" && one.status === "waiting") ?? false;
  if (waiting !== waits) setWaits(waiting);
  return (
    <Page title={t("title")} lead={t("lead")}>
      <Query query={peers}>{(data) => <Standing peers={data} />}</Query>
    </Page>
  );
}

function Standing({ peers }: { readonly peers: Peers }): ReactElement {
  const { t } = usePeerWords();
  const mine = peers.chats.find((one) => one.role === "asker" && LIVE.has(one.status));
  const others = peers.chats.filter((one) => one !== mine);
  return (
    <>
      {peers.warned ? <Notice tone="attention" title={t("warned.title")}><p>{t("warned.text")}</p></Notice> : null}
      {peers.why_not === null ? null : <NotHere why={peers.why_not} />}
      {peers.why_not !== null && mine === undefined ? null : mine?.status === "waiting" ? (
        <Waits chat={mine} />
      ) : mine === undefined ? (
        <Begin peers={peers} />
      ) : (
        <ChatLinks title={t("open.title")} chats={[mine]} />
      )}
      <ChatLinks title={t("chats.title")} chats={others} />
      <p>
        <Link to="/listen">{t(peers.listening === null ? "listen.invite" : "listen.open")}</Link>
      </p>
    </>
  );
}

/** A plain sentence, and where to go instead. */
function NotHere({ why }: { readonly why: NonNullable<Peers["why_not"]> }): ReactElement {
  const { t } = usePeerWords();
  return (
    <Notice tone="attention" title={t(`why-not.${why}.title`)} testId="why-not">
      <p>{t(`why-not.${why}.text`)}</p>
      <div className="hf-buttons">
        <Button component={Link} to="/help">{t("help")}</Button>
        <Button component={Link} to="/messages" variant="default">{t("team")}</Button>
      </div>
    </Notice>
  );
}

function Begin({ peers }: { readonly peers: Peers }): ReactElement {
  const { t } = usePeerWords();
  if (!peers.anybody) {
    return (
      <Notice title={t("nobody.title")}>
        <p>{t("nobody.text")}</p>
        <Meanwhile />
      </Notice>
    );
  }
  return <VaultGate><Ask topics={peers.topics} /></VaultGate>;
}

function Ask({ topics }: { readonly topics: readonly string[] }): ReactElement {
  const { t, locale, tongue } = usePeerWords();
  const { me } = useActive();
  const { practiceId, clientId } = useOwnRecord();
  const cache = useQueryClient();
  const [topic, setTopic] = useState(topics[0] ?? "");
  const [language, setLanguage] = useState(locale.split("-")[0] ?? "en");
  const [name, setName] = useState(() => madeUpName(t));
  const ask = useMutation({
    mutationFn: async () => {
      const id = v4();
      const side = await vaultWorker.ask("peerSide", me.id, id);
      await api.post(clientPath(practiceId, clientId, "/peer-chats"), { id, topic, language, name, ...side });
    },
    onSettled: () => cache.invalidateQueries({ queryKey: [KEY] }),
  });
  return (
    <Panel title={t("ask.title")}>
      <NativeSelect
        label={t("ask.topic")}
        value={topic}
        data={topics.map((value) => ({ value, label: t(`topics.${value}`) }))}
        onChange={(event) => setTopic(event.currentTarget.value)}
      />
      <NativeSelect
        label={t("ask.language")}
        value={language}
        data={SPOKEN.map((value) => ({ value, label: tongue(value) }))}
        onChange={(event) => setLanguage(event.currentTarget.value)}
      />
      <NameField name={name} onChange={setName} />
      <ul className="hf-soft hfp-rules">
        {["who", "sealed", "screen", "limits"].map((each) => <li key={each}>{t(`ask.rules.${each}`)}</li>)}
      </ul>
      {ask.isError ? <Problem error={ask.error} /> : null}
      <div className="hf-buttons">
        <Button loading={ask.isPending} disabled={name.trim().length < 2} onClick={() => ask.mutate()}>
          {t("ask.do")}
        </Button>
      </div>
    </Panel>
  );
}

function Meanwhile(): ReactElement {
  const { t } = usePeerWords();
  return (
    <div className="hf-buttons">
      <Button component={Link} to="/help">{t("help")}</Button>
      <Button component={Link} to="/companion" variant="default">{t("companion")}</Button>
    </div>
  );
}

function Waits({ chat }: { readonly chat: PeerChatRow }): ReactElement {
  const { t } = usePeerWords();
  const end = useOwnChange();
  return (
    <Panel title={t("waiting.title")} testId="waiting">
      <p role="status">{t("waiting.text", { topic: t(`topics.${chat.topic}`), name: chat.own_name })}</p>
      <p className="hf-soft">{t("waiting.honest")}</p>
      <Meanwhile />
      {end.isError ? <Problem error={end.error} /> : null}
      <div className="hf-buttons">
        <Button
          variant="subtle"
          loading={end.isPending}
          onClick={() => end.mutate({ method: "post", rest: `/peer-chats/${chat.id}/end` })}
        >
          {t("waiting.withdraw")}
        </Button>
      </div>
    </Panel>
  );
}

interface LinksProps {
  readonly title: string;
  readonly chats: readonly PeerChatRow[];
}

export function ChatLinks({ title, chats }: LinksProps): ReactElement | null {
  const { t, format } = usePeerWords();
  if (chats.length === 0) return null;
  return (
    <Panel title={title}>
      <ul className="hf-plain-list">
        {chats.map((one) => (
          <li key={one.id} className="hf-row">
            {one.name === "" ? (
              <span>{t("chats.nobody")}</span>
            ) : (
              <Link to="/peers/$chat" params={{ chat: one.id }}>{t("chats.with", { name: one.name })}</Link>
            )}
            <span className="hf-soft hf-small">
              {t(`topics.${one.topic}`)} · {t(`status.${one.status}`)} · {format.relative(one.asked_at)}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
