import { Button, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { type KeyboardEvent, type ReactElement, useEffect, useRef, useState } from "react";
import { v7 } from "uuid";

import { useActive, useOwnRecord } from "@/api/session";
import { Notice, Page, Query } from "@/design";
import { VaultGate } from "@/meet/messages/VaultGate";
import "@/meet/messages/messages.css";
import { Looked } from "@/safety/looks/Looked";
import { useLooks } from "@/safety/looks/useLooks";

import { Actions } from "./Actions";
import { HandOverAsked } from "./HandOverAsked";
import "./peers.css";
import { Problem } from "./Problem";
import type { PeerOpenWire } from "./types";
import { type ShownMessage, useChat } from "./useChat";
import { usePeerWords } from "./words";

const MOST_CHARACTERS = 4_000;

/** One chat between two who do not know each other. */
export default function ChatPage(): ReactElement {
  const { t } = usePeerWords();
  const { chat = "" } = useParams({ strict: false });
  return (
    <Page title={t("chat.title")} actions={<Link to="/peers">{t("chat.all")}</Link>}>
      <VaultGate><Chat key={chat} id={chat} /></VaultGate>
    </Page>
  );
}

function Chat({ id }: { readonly id: string }): ReactElement {
  const found = useChat(id);
  return (
    <Query query={found.chat}>
      {(wire) => <Opened wire={wire} messages={found.messages} send={found.send} changed={found.changed} />}
    </Query>
  );
}

interface OpenedProps {
  readonly wire: PeerOpenWire;
  readonly messages: readonly ShownMessage[];
  readonly send: (text: string) => Promise<void>;
  readonly changed: () => Promise<void>;
}

function Opened({ wire, messages, send, changed }: OpenedProps): ReactElement {
  const { t } = usePeerWords();
  const other = wire.other?.name ?? "";
  return (
    <div className="hf-conversation">
      <p className="hf-soft">
        {t(wire.role === "asker" ? "chat.with-listener" : "chat.with-asker", { name: other, own: wire.own_name })}
      </p>
      <p className="hf-soft hf-small">
        {t("chat.limits")} <Link to="/help">{t("help")}</Link>
      </p>
      <Messages wire={wire} messages={messages} other={other} />
      {wire.role === "asker" ? <HandOverAsked wire={wire} changed={changed} /> : null}
      {wire.status === "open" ? (
        <Write send={send} />
      ) : (
        <Notice title={t("chat.over")}><p>{t("chat.over-text")}</p></Notice>
      )}
      <Actions wire={wire} messages={messages} changed={changed} />
    </div>
  );
}

interface ListProps {
  readonly wire: PeerOpenWire;
  readonly messages: readonly ShownMessage[];
  readonly other: string;
}

function Messages({ wire, messages, other }: ListProps): ReactElement {
  const { t, format } = usePeerWords();
  const end = useRef<HTMLDivElement>(null);
  const many = messages.length;
  useEffect(() => {
    if (many > 0) end.current?.scrollIntoView({ block: "nearest" });
  }, [many]);
  return (
    <section className="hfp-messages" aria-label={t("chat.messages")} role="log">
      {messages.length === 0 ? <p className="hf-soft">{t("chat.empty")}</p> : null}
      {messages.map(({ row, mine, text }) => (
        <article key={row.id} className="hf-said" data-mine={mine} data-testid="message">
          <div className="hf-bubble">
            {text === null ? <p className="hf-soft">{t("chat.damaged")}</p> : <p dir="auto">{text}</p>}
          </div>
          <p className="hf-said-below hf-soft hf-small">
            <bdi>{mine ? wire.own_name : other}</bdi> <time dateTime={row.received_at}>{format.time(row.received_at)}</time>
          </p>
        </article>
      ))}
      <div ref={end} />
    </section>
  );
}

function Write({ send }: { readonly send: OpenedProps["send"] }): ReactElement {
  const { t } = usePeerWords();
  const { me } = useActive();
  const { practiceId } = useOwnRecord();
  const looks = useLooks(me.id, practiceId);
  const [text, setText] = useState("");
  const posting = useMutation({
    mutationFn: async (said: string) => {
      // At the same time: what the screen finds, or that it fails, holds nothing up.
      looks.look?.(v7(), said);
      await send(said);
    },
    onSuccess: () => setText(""),
  });
  const submit = (): void => {
    if (text.trim() !== "" && !posting.isPending) posting.mutate(text.trim());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
  };
  return (
    <>
      <Looked looks={looks} />
      {posting.isError ? <Problem error={posting.error} /> : null}
      <Textarea
        label={t("chat.write")}
        autosize
        minRows={2}
        maxLength={MOST_CHARACTERS}
        value={text}
        dir="auto"
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div className="hf-buttons">
        <Button loading={posting.isPending} disabled={text.trim() === ""} onClick={submit}>
          {t("chat.send")}
        </Button>
      </div>
    </>
  );
}
