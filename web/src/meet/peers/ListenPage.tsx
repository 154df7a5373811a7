import { Button } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { api, clientPath } from "@/api/client";
import { useActive, useOwnRecord } from "@/api/session";
import { EmptyState, Notice, Page, Panel, Query } from "@/design";
import { VaultGate } from "@/meet/messages/VaultGate";
import { vaultWorker } from "@/vault/worker";

import { KEY, useOwnChange, usePeers, useRequests } from "./api";
import { Availability } from "./Availability";
import { NameField } from "./NameField";
import "./peers.css";
import { ChatLinks } from "./PeersPage";
import { Problem } from "./Problem";
import { Track } from "./Track";
import type { Listening, PeerRequest, Peers } from "./types";
import { madeUpName, usePeerWords } from "./words";

/** From "I would like to listen" to listening: training, badge, availability, requests. */
export default function ListenPage(): ReactElement {
  const { t } = usePeerWords();
  const peers = usePeers();
  return (
    <Page title={t("listen.title")} lead={t("listen.lead")} actions={<Link to="/peers">{t("listen.back")}</Link>}>
      <Query query={peers}>{(data) => <Step peers={data} />}</Query>
    </Page>
  );
}

function Step({ peers }: { readonly peers: Peers }): ReactElement {
  const { t } = usePeerWords();
  const { listening } = peers;
  if (peers.why_not !== null) {
    return (
      <Notice tone="attention" title={t(`why-not.${peers.why_not}.title`)}>
        <p>{t(`why-not.${peers.why_not}.text`)}</p>
        <div className="hf-buttons"><Button component={Link} to="/help">{t("help")}</Button></div>
      </Notice>
    );
  }
  if (listening === null) return <Apply />;
  return (
    <>
      {listening.status === "training" ? <Track done={listening.modules} /> : null}
      {listening.status === "trained" ? (
        <Notice title={t("listen.trained")} testId="trained"><p>{t("listen.trained-text")}</p></Notice>
      ) : null}
      {listening.status === "badge-taken" ? (
        <Notice tone="attention" title={t("listen.taken")}><p>{t("listen.taken-text")}</p></Notice>
      ) : null}
      {listening.status === "listening" ? <Listens peers={peers} listening={listening} /> : null}
      <Stop />
    </>
  );
}

function Apply(): ReactElement {
  const { t } = usePeerWords();
  const apply = useOwnChange();
  return (
    <Panel title={t("apply.title")}>
      <ul className="hfp-rules">
        {["what", "training", "badge", "free"].map((each) => <li key={each}>{t(`apply.rules.${each}`)}</li>)}
      </ul>
      {apply.isError ? <Problem error={apply.error} /> : null}
      <div className="hf-buttons">
        <Button loading={apply.isPending} onClick={() => apply.mutate({ method: "post", rest: "/listening" })}>
          {t("apply.do")}
        </Button>
      </div>
    </Panel>
  );
}

function Listens({ peers, listening }: { readonly peers: Peers; readonly listening: Listening }): ReactElement {
  const { t } = usePeerWords();
  const open = peers.chats.filter((one) => one.role === "listener" && one.status === "open");
  return (
    <>
      <ChatLinks title={t("open.title")} chats={open} />
      {listening.on ? <VaultGate><Requests /></VaultGate> : null}
      <Availability topics={peers.topics} listening={listening} />
    </>
  );
}

function Requests(): ReactElement {
  const { t } = usePeerWords();
  const requests = useRequests();
  return (
    <Panel title={t("requests.title")} testId="requests">
      <Query query={requests}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t("requests.none")}><p>{t("requests.none-text")}</p></EmptyState>
          ) : (
            <ul className="hf-plain-list">
              {items.map((one) => <Request key={one.id} request={one} />)}
            </ul>
          )
        }
      </Query>
    </Panel>
  );
}

function Request({ request }: { readonly request: PeerRequest }): ReactElement {
  const { t, tongue, format } = usePeerWords();
  const { me } = useActive();
  const { practiceId, clientId } = useOwnRecord();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(() => madeUpName(t));
  const accept = useMutation({
    mutationFn: async () => {
      const made = await vaultWorker.ask("peerAccept", me.id, request.id, request.other);
      await api.post(clientPath(practiceId, clientId, `/peer-chats/${request.id}/accept`), { name, ...made });
    },
    onSuccess: () => void navigate({ to: "/peers/$chat", params: { chat: request.id } }),
    onError: () => void cache.invalidateQueries({ queryKey: [KEY] }),
  });
  return (
    <li className="hf-stack">
      <span>
        <strong><bdi>{request.other.name}</bdi></strong> · {t(`topics.${request.topic}`)} · {tongue(request.language)}{" "}
        <span className="hf-soft hf-small">{format.relative(request.asked_at)}</span>
      </span>
      <NameField name={name} onChange={setName} />
      {accept.isError ? <Problem error={accept.error} /> : null}
      <div className="hf-buttons">
        <Button loading={accept.isPending} onClick={() => accept.mutate()}>{t("requests.take")}</Button>
      </div>
    </li>
  );
}

function Stop(): ReactElement {
  const { t } = usePeerWords();
  const stop = useOwnChange();
  return (
    <div className="hf-buttons">
      <Button variant="subtle" loading={stop.isPending} onClick={() => stop.mutate({ method: "delete", rest: "/listening" })}>
        {t("listen.stop")}
      </Button>
    </div>
  );
}
