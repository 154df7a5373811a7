import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { Query } from "@/design";
import { useFormat } from "@/format";

import { type Message, type MessageAttempt, useDeliveries } from "./api";
import "./notify.css";

interface Props {
  /** Where the list is: one's own, or a person's. */
  path: string;
  /** Whose list it is changes the words. */
  own: boolean;
  most?: number;
  /** So many at first; the others when somebody asks. */
  first?: number;
}

/** What was sent lately, each attempt to reach somebody, and what came of it. */
export function Messages({ path, own, most = 10, first = most }: Props): ReactElement {
  const { t } = useTranslation("notify");
  const format = useFormat();
  const messages = useDeliveries(path);
  const [all, setAll] = useState(false);
  return (
    <Query query={messages}>
      {({ items, dead }) => (
        <>
          {dead.map((way) => (
            <p key={way.channel} className="hf-message-problem" data-testid={`dead-${way.channel}`}>
              {t(`dead.${way.channel}`, { date: format.date(way.since) })}
            </p>
          ))}
          {items.length === 0 ? (
            <p className="hf-soft">{t(own ? "messages.none-own" : "messages.none")}</p>
          ) : (
            <ul className="hf-messages" data-testid="messages">
              {items.slice(0, all ? most : first).map((each) => (
                <li key={each.id}>
                  <OneMessage message={each} own={own} />
                </li>
              ))}
            </ul>
          )}
          {all || items.length <= first ? null : (
            <div>
              <Button variant="default" size="sm" onClick={() => setAll(true)}>{t("messages.more")}</Button>
            </div>
          )}
        </>
      )}
    </Query>
  );
}

function OneMessage({ message, own }: { message: Message; own: boolean }): ReactElement {
  const { t } = useTranslation("notify");
  const format = useFormat();
  return (
    <>
      <p className="hf-message-head">
        <strong>{t(`kind.${message.kind}`, { defaultValue: t("kind.other") })}</strong>{" "}
        <span className="hf-soft hf-small">{format.soon(message.created_at)}</span>
      </p>
      {message.problem === null ? null : (
        <p className="hf-message-problem">
          {t(`problem.${message.problem}${own ? "-own" : ""}`)}
        </p>
      )}
      <ul className="hf-attempts">
        {message.attempts.map((attempt, index) => (
          // Attempts have no name of their own and never change places.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index}>
            <Attempt attempt={attempt} message={message} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Attempt({ attempt, message }: { attempt: MessageAttempt; message: Message }): ReactElement {
  const { t } = useTranslation("notify");
  const format = useFormat();
  const inApp = attempt.channel === "in_app";
  const outcome = inApp ? (message.seen_at === null ? "unseen" : "seen") : attempt.outcome;
  const at = inApp ? message.seen_at : (attempt.at ?? attempt.due_at);
  const channel = t(`channel.${attempt.channel}`);
  return (
    <span data-outcome={outcome}>
      {attempt.device ? <>{channel} (<bdi>{attempt.device}</bdi>)</> : channel}
      {": "}
      {t(`outcome.${outcome}`)}
      {at === null ? null : <span className="hf-soft"> {format.soon(at)}</span>}
      {attempt.reason === null ? null : (
        <span className="hf-soft">
          {" · "}
          {t(`reason.${attempt.reason}`, { defaultValue: t("reason.other", { code: attempt.reason }) })}
        </span>
      )}
    </span>
  );
}
