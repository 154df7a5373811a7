import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, Suspense, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import { errorKey } from "@/api/problems";
import { useActive } from "@/api/session";
import { Notice, Query } from "@/design";
import { Looked } from "@/safety/looks/Looked";
import { MonitoredNotice } from "@/safety/MonitoredNotice";

import { retract } from "./api";
import { Bubble, WaitingBubble } from "./Bubble";
import { Composer } from "./Composer";
import { Members } from "./Members";
import "./messages.css";
import { withdraw } from "./outbox";
import { Search } from "./Search";
import type { Conversation, View } from "./shown";
import type { Place } from "./types";
import { useConversation } from "./useConversation";
import { WhetherLooked } from "./WhetherLooked";
import { type Start, WindowedList } from "./WindowedList";
import { useKindWords, useNames } from "./words";

interface Props {
  place: Place;
  thread: string;
}

/** One thread: what it is and who reads it, the messages, and where to write. */
export function ThreadView({ place, thread }: Props): ReactElement {
  const { query, view, ...rest } = useConversation(place, thread);
  return (
    <Query query={query}>
      {(conversation) =>
        view === undefined ? null : <Open {...rest} {...{ conversation, view, place }} again={() => void query.refetch()} />
      }
    </Query>
  );
}

type OpenProps = Omit<ReturnType<typeof useConversation>, "query" | "view"> & {
  conversation: Conversation;
  view: View;
  place: Place;
  again: () => void;
};

function Open({ conversation, view, waiting, changed, follow, show, looks, place, again }: OpenProps): ReactElement {
  const { t } = useTranslation("messages");
  const { wire } = view.thread;
  const { fromSeq } = view;
  const client = useQueryClient();
  const [start, setStart] = useState<Start>(() => startOf(conversation));
  const take = useMutation({
    mutationFn: (id: string) => retract(place.practiceId, wire.id, id),
    onSuccess: () => follow(),
  });
  const shown = useCallback(
    (first: number, last: number) => show(fromSeq + first, fromSeq + last),
    [show, fromSeq],
  );
  const alone = wire.go_on.length < 2;
  return (
    <div className="hf-conversation">
      <Head view={view} />
      {take.isError ? <Notice tone="attention" live title={t(`common:${errorKey(take.error)}`)} /> : null}
      <Rows {...{ view, waiting, start, place }} onShown={shown} onRetract={(id) => take.mutate(id)} />
      <Looked looks={looks} />
      {alone ? (
        <Notice tone="attention" title={t("alone.title")}><p>{t("alone.text")}</p></Notice>
      ) : (
        <Composer place={place} thread={wire.id} onSent={() => setStart({ at: "end" })} />
      )}
      <details>
        <summary>{t("search.title")}</summary>
        <Search {...{ conversation, view, changed }} onFound={(seq) => setStart({ at: seq - fromSeq })} />
      </details>
      <details>
        <summary>{t("members.title")}</summary>
        <Members
          view={view}
          onChanged={() => {
            void client.invalidateQueries({ queryKey: ["threads"] });
            again();
          }}
        />
      </details>
    </div>
  );
}

/** At the first unread message; at the end where all are read. */
function startOf({ firstUnread, fromSeq }: Conversation): Start {
  return { at: firstUnread === null ? "end" : firstUnread - fromSeq };
}

function Head({ view }: { readonly view: View }): ReactElement {
  const { t } = useTranslation("messages");
  const { roles, practice, clientId } = useActive();
  const { wire, opened } = view.thread;
  const kindOf = useKindWords();
  const me = view.place.user;
  const name = wire.client?.display_name ?? "";
  const hidden = wire.kind === "team" || wire.kind === "supervision";
  const people = wire.people.filter(({ id, member }) => member && id !== me);
  const changed = people.filter(({ id }) => opened.states[id] === "unexpected");
  return (
    <>
      {wire.kind === "client" || wire.kind === "group" ? null : <p className="hf-tagline">{kindOf(wire.kind, name)}</p>}
      {hidden ? <Notice tone="attention" title={t("never-shown", { name })} testId="never-shown" /> : null}
      {changed.map((person) => (
        <Notice key={person.id} tone="attention" title={t("keys.unexpected", { name: person.name })} />
      ))}
      {people
        .filter(({ within }) => within !== "")
        .map(({ id, name: who, within }) => (
          <p key={id} className="hf-soft" data-testid="within">
            {t(`within.${within}`, { name: who })}
          </p>
        ))}
      {roles.has("client") && clientId !== null ? (
        <>
          <Suspense>
            <MonitoredNotice practiceId={practice.id} clientId={clientId} />
          </Suspense>
          <p className="hf-soft hf-small">
            {t("not-watched")} <Link to="/help">{t("help")}</Link>
          </p>
          <WhetherLooked practiceId={practice.id} clientId={clientId} />
        </>
      ) : null}
    </>
  );
}

type RowsProps = Pick<OpenProps, "view" | "waiting" | "place"> & {
  start: Start;
  onShown: (first: number, last: number) => void;
  onRetract: (id: string) => void;
};

function Rows({ view, waiting, start, place, onShown, onRetract }: RowsProps): ReactElement {
  const { t } = useTranslation("messages");
  const namesOf = useNames();
  const { wire } = view.thread;
  const names = new Map(wire.people.map(({ id, name }) => [id, name]));
  const membersOf = (number: number): string => {
    const epoch = wire.epochs.find((each) => each.number === number);
    const members = (epoch?.members ?? []).map((id) => ({ id, name: names.get(id) ?? "", role: "" }));
    return namesOf(members, place.user);
  };
  const row = (index: number): ReactElement => {
    const seq = view.fromSeq + index;
    const message = view.messages.get(seq);
    if (message === undefined) return <p className="hf-said-coming" aria-label={t("common:loading")} />;
    const before = view.messages.get(seq - 1);
    const other = before !== undefined && before.epoch !== message.epoch;
    return (
      <Bubble
        message={message}
        before={before}
        me={place.user}
        name={names.get(message.sender ?? "") || t("somebody")}
        practiceId={place.practiceId}
        thread={wire.id}
        membersNow={other ? membersOf(message.epoch) : null}
        readByOthers={view.readBy.some((each) => each.seq >= seq)}
        moderates={wire.moderates}
        onRetract={onRetract}
      />
    );
  };
  const here = new Set([...view.messages.values()].map(({ id }) => id));
  const below = waiting.filter(({ id }) => !here.has(id));
  return (
    <WindowedList
      count={view.count}
      label={t("messages")}
      start={start}
      row={row}
      onShown={onShown}
      footer={<>
      {below.map((each) => (
        <WaitingBubble
          key={each.id}
          waiting={each}
          practiceId={place.practiceId}
          thread={wire.id}
          me={place.user}
          onWithdraw={(id) => void withdraw(id)}
        />
      ))}
      {view.count === 0 && below.length === 0 ? <p className="hf-soft">{t("empty")}</p> : null}
      </>}
    />
  );
}
