import { Button, Checkbox, TextInput } from "@mantine/core";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import "@/clinician/clinician.css";
import { useCommands } from "@/clinician/keys";
import { instantOf, localValue } from "@/clinician/localTime";
import { useNow } from "@/clinician/useNow";
import { ConfirmDialog, Notice, Page, Panel, Query } from "@/design";

import { type Programme, type Session, useLeading, useProgramme } from "./api";
import { Conversation } from "./Conversation";
import { Curriculum } from "./Curriculum";
import { JoinSession } from "./JoinSession";
import { Problem } from "./Problem";
import "@/charts/charts.css";
import "./programmes.css";
import { RosterPanels } from "./Roster";
import { type GroupWords, useGroupWords } from "./words";

/** One programme for whoever leads it: who asks, who comes, what is next. */
export function GroupPage(): ReactElement {
  const words = useGroupWords();
  const { t } = words;
  const { programme = "" } = useParams({ strict: false });
  const found = useProgramme(programme);
  const navigate = useNavigate();
  useCommands({ e: () => void navigate({ to: "/groups/$programme/change", params: { programme } }) });
  return (
    <Page
      title={found.data?.title ?? t("groups.title")}
      width="wide"
      actions={<Link to="/groups">{t("groups.all")}</Link>}
    >
      <Query query={found}>{(each) => <Shown programme={each} words={words} />}</Query>
    </Page>
  );
}

interface Props {
  readonly programme: Programme;
  readonly words: GroupWords;
}

function Shown({ programme, words }: Props): ReactElement {
  const { t } = words;
  const now = useNow();
  const ahead = programme.curriculum.filter(
    ({ cancelled, starts_at: at }) =>
      programme.state === "running" && !cancelled && at !== null && Date.parse(at) > now,
  );
  return (
    <>
      <Head programme={programme} words={words} />
      {programme.leads && programme.state !== "draft" ? (
        <>
          <RosterPanels programme={programme} words={words} now={now} />
          {programme.state === "ended" ? null : <Conversation programme={programme} words={words} />}
        </>
      ) : null}
      {programme.leads ? null : <Notice title={t("group.notYours")} />}
      <Panel title={t("curriculum")}>
        <Curriculum
          sessions={programme.curriculum}
          words={words}
          now={now}
          beside={new Map(ahead.map((each) => [each.id, <SessionSteps key={each.id} programme={programme} session={each} words={words} />]))}
        />
      </Panel>
      <Panel title={t("rules.title")}>
        <p className="hp-text" dir="auto">{programme.rules}</p>
        <p className="hf-soft hf-small">{t("rules.version", { version: programme.rules_version })}</p>
      </Panel>
    </>
  );
}

function Head({ programme, words }: Props): ReactElement {
  const { t, moment, list } = words;
  const change = useLeading();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<"end" | "discard" | null>(null);
  const [community, setCommunity] = useState(false);
  const { id, state, next } = programme;
  const step = (rest: string, body?: unknown): void => change.mutate({ method: "post", rest: `/${id}/${rest}`, body });
  return (
    <Panel>
      <p>
        <span className="hp-mark">{t(`state.${state}`)}</span>{" "}
        {t("places", { taken: programme.capacity - programme.free, capacity: programme.capacity })} ·{" "}
        <bdi>{list(programme.facilitators)}</bdi>
      </p>
      {next?.starts_at ? (
        <p data-testid="next-session">
          <strong>{next.title}</strong> · {moment(next.starts_at)}
        </p>
      ) : null}
      <JoinSession programme={programme} />
      <p className="hp-text" dir="auto">{programme.purpose}</p>
      <div className="hf-buttons">
        {state === "draft" ? (
          <Button loading={change.isPending} onClick={() => step("publish")}>{t("group.publish")}</Button>
        ) : null}
        {state === "draft" || state === "running" ? (
          <Button
            component={Link}
            to={`/groups/${id}/change`}
            variant="default"
            aria-keyshortcuts="e"
          >
            {t("group.change")}
          </Button>
        ) : null}
        {state === "draft" ? <Button variant="subtle" onClick={() => setAsking("discard")}>{t("group.discard")}</Button> : null}
        {state === "running" || state === "community" ? (
          <Button variant="subtle" onClick={() => setAsking("end")}>{t(`group.end.${state}`)}</Button>
        ) : null}
      </div>
      {change.isError ? <Problem error={change.error} /> : null}
      <ConfirmDialog
        opened={asking === "discard"}
        title={t("group.discardTitle")}
        confirm={t("group.discard")}
        busy={change.isPending}
        onConfirm={() =>
          change.mutate({ method: "delete", rest: `/${id}` }, { onSuccess: () => void navigate({ to: "/groups" }) })
        }
        onClose={() => setAsking(null)}
      >
        <p>{t("group.discardText")}</p>
      </ConfirmDialog>
      <ConfirmDialog
        opened={asking === "end"}
        title={t("group.endTitle")}
        confirm={t(`group.end.${state === "community" ? "community" : "running"}`)}
        busy={change.isPending}
        onConfirm={() => {
          setAsking(null);
          step("end", { community });
        }}
        onClose={() => setAsking(null)}
      >
        <p>{t("group.endText")}</p>
        {state === "running" ? (
          <Checkbox
            label={t("group.community")}
            description={t("group.communityHint")}
            checked={community}
            onChange={(event) => setCommunity(event.currentTarget.checked)}
          />
        ) : null}
      </ConfirmDialog>
    </Panel>
  );
}

function SessionSteps({ programme, session, words }: Props & { readonly session: Session }): ReactElement {
  const { t } = words;
  const change = useLeading();
  const [moving, setMoving] = useState(false);
  const [cancelling, setCancelling] = useState(false);
  const [at, setAt] = useState(() => localValue(Date.parse(session.starts_at ?? ""), programme.zone));
  const path = `/${programme.id}/sessions/${session.id}`;
  return (
    <>
      <div className="hf-buttons">
        <Button size="xs" variant="default" onClick={() => setMoving(!moving)} aria-expanded={moving}>
          {t("session.move")}<span className="hf-visually-hidden"> {session.title}</span>
        </Button>
        <Button size="xs" variant="subtle" onClick={() => setCancelling(true)}>
          {t("session.cancel")}<span className="hf-visually-hidden"> {session.title}</span>
        </Button>
      </div>
      {moving ? (
        <form
          className="hp-out"
          onSubmit={(event) => {
            event.preventDefault();
            change.mutate(
              { method: "put", rest: `${path}/time`, body: { starts_at: instantOf(at, programme.zone) } },
              { onSuccess: () => setMoving(false) },
            );
          }}
        >
          <TextInput
            type="datetime-local"
            label={t("session.when", { zone: programme.zone })}
            value={at}
            onChange={(event) => setAt(event.currentTarget.value.slice(0, 16))}
          />
          <Button type="submit" size="sm" disabled={at === ""} loading={change.isPending}>{t("session.move")}</Button>
        </form>
      ) : null}
      {change.isError ? <Problem error={change.error} /> : null}
      <ConfirmDialog
        opened={cancelling}
        title={t("session.cancelTitle")}
        confirm={t("session.cancel")}
        busy={change.isPending}
        onConfirm={() =>
          change.mutate({ method: "post", rest: `${path}/cancel` }, { onSuccess: () => setCancelling(false) })
        }
        onClose={() => setCancelling(false)}
      >
        <p>{t("session.cancelText")}</p>
      </ConfirmDialog>
    </>
  );
}
