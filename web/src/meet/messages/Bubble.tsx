import { Button } from "@mantine/core";
import { type ReactElement, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog } from "@/design";
import { useFormat } from "@/format";

import { Attachment } from "./Attachment";
import type { Said } from "./content";
import type { WaitingMessage } from "./outbox";
import type { Shown } from "./shown";

interface SaidProps {
  said: Said;
  practiceId: string;
  thread: string;
  sender: string;
}

function Words({ said, practiceId, thread, sender }: SaidProps): ReactElement {
  return (
    <>
      {said.text === "" ? null : <p dir="auto">{said.text}</p>}
      {said.files.map((attached) => (
        <Attachment key={attached.file} attached={attached} practiceId={practiceId} thread={thread} sender={sender} />
      ))}
    </>
  );
}

interface BubbleProps {
  message: Shown;
  before: Shown | undefined;
  me: string;
  name: string;
  practiceId: string;
  thread: string;
  /** Who belongs since this message, where that changed. */
  membersNow: string | null;
  readByOthers: boolean;
  /** Whether the reader may take others' messages away. */
  moderates: boolean;
  onRetract: (id: string) => void;
}

/** One message in its place, with the day and the change of members that it begins. */
export function Bubble(props: BubbleProps): ReactElement {
  const { message, before, me, name, membersNow } = props;
  const { t } = useTranslation("messages");
  const format = useFormat();
  const day = format.date(message.at);
  const newDay = before === undefined || format.date(before.at) !== day;
  const mine = message.sender === me;
  const named = !mine && (newDay || before.sender !== message.sender || membersNow !== null);
  return (
    <>
      {newDay ? <p className="hf-thread-day">{day}</p> : null}
      {membersNow === null ? null : <p className="hf-thread-day">{t("members-now", { names: membersNow })}</p>}
      <article className="hf-said" data-mine={mine} data-testid="message">
        {named ? <p className="hf-said-by"><bdi>{name}</bdi></p> : null}
        <div className="hf-bubble"><Inside {...props} /></div>
        <Below {...props} mine={mine} />
      </article>
    </>
  );
}

function Inside({ message, practiceId, thread }: BubbleProps): ReactNode {
  const { t } = useTranslation("messages");
  if (message.retracted) return <p className="hf-soft">{t("retracted")}</p>;
  if (message.said === null) return <p className="hf-soft">{t(`closed.${message.code ?? "item-not-granted"}`)}</p>;
  return <Words said={message.said} practiceId={practiceId} thread={thread} sender={message.sender ?? ""} />;
}

function Below({ message, mine, readByOthers, moderates, onRetract }: BubbleProps & { mine: boolean }): ReactElement {
  const { t } = useTranslation("messages");
  const format = useFormat();
  const [asking, setAsking] = useState(false);
  return (
    <p className="hf-said-below hf-soft hf-small">
      <time dateTime={message.at}>{format.time(message.at)}</time>
      {mine && readByOthers ? <span>{t("read")}</span> : null}
      {(mine || moderates) && !message.retracted ? (
        <Button variant="subtle" size="compact-sm" onClick={() => setAsking(true)}>
          {t("retract.do")}
        </Button>
      ) : null}
      {asking ? (
        <ConfirmDialog
          opened
          title={t("retract.title")}
          confirm={t("retract.do")}
          onConfirm={() => {
            setAsking(false);
            onRetract(message.id);
          }}
          onClose={() => setAsking(false)}
        >
          <p>{t("retract.text")}</p>
        </ConfirmDialog>
      ) : null}
    </p>
  );
}

interface WaitingProps {
  waiting: WaitingMessage;
  practiceId: string;
  thread: string;
  me: string;
  onWithdraw: (id: string) => void;
}

/** A message that is kept on this device until it can go out. */
export function WaitingBubble({ waiting, practiceId, thread, me, onWithdraw }: WaitingProps): ReactElement {
  const { t } = useTranslation("messages");
  const { id, said, refused } = waiting;
  return (
    <article className="hf-said" data-mine data-waiting data-testid="waiting">
      <div className="hf-bubble"><Words said={said} practiceId={practiceId} thread={thread} sender={me} /></div>
      <p className="hf-said-below hf-soft hf-small">
        <span role="status">{refused === null ? t("waiting") : t("refused")}</span>
        <Button variant="subtle" size="compact-sm" onClick={() => onWithdraw(id)}>
          {t("withdraw")}
        </Button>
      </p>
    </article>
  );
}
