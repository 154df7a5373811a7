import { Button, Checkbox, TextInput } from "@mantine/core";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { v7 as uuid7 } from "uuid";

import { useNow } from "@/clinician/useNow";
import { useOwnRecord } from "@/api/session";
import { ConfirmDialog, Notice, Page, Panel, Query } from "@/design";
import JoinButton from "@/meet/rooms/JoinButton";
import { usePlaces } from "@/meet/scheduling/api";

import { type OwnPlace, useOwnChange, useOwnPlace } from "./api";
import { Curriculum } from "./Curriculum";
import { Problem } from "./Problem";
import "@/charts/charts.css";
import "./programmes.css";
import { type GroupWords, useGroupWords } from "./words";

/** One group as a person meets it: what it is, what is to do now, the evenings, the others' names. */
export default function Programme(): ReactElement {
  const words = useGroupWords();
  const { programme = "" } = useParams({ strict: false });
  const place = useOwnPlace(programme);
  return (
    <Page
      title={place.data?.title ?? words.t("title")}
      actions={<Link to="/programmes">{words.t("all")}</Link>}
    >
      <Query query={place}>{(found) => <Shown place={found} words={words} />}</Query>
    </Page>
  );
}

interface Props {
  readonly place: OwnPlace;
  readonly words: GroupWords;
}

function Shown({ place, words }: Props): ReactElement {
  const { t } = words;
  const now = useNow();
  const coming = new Set(
    place.curriculum
      .filter(({ cancelled, starts_at: at }) => !cancelled && at !== null && Date.parse(at) > now)
      .map(({ id }) => id),
  );
  const belongs = place.standing === "member" || place.standing === "finished";
  const toAgree = place.standing === "accepted" || (belongs && !place.agreed);
  const beside = new Map(
    place.attendance.map(({ session_id: id, presence, place: has }) => {
      const clash = !has && !toAgree && coming.has(id);
      if (presence !== null) return [id, <p key={id} className="hp-mark">{t(`own.${presence}`)}</p>];
      return [id, clash ? <p key={id} className="hf-soft hf-small">{t("session.no-place")}</p> : null];
    }),
  );
  return (
    <>
      <Now {...{ place, words, toAgree }} />
      <Panel title={t("about")}>
        <p className="hp-text" dir="auto">{place.purpose}</p>
        <Facts place={place} words={words} />
        {toAgree ? null : (
          <details>
            <summary>{t("rules.title")}</summary>
            <p className="hp-text" dir="auto">{place.rules}</p>
          </details>
        )}
      </Panel>
      <Panel title={t("curriculum")}>
        <Curriculum
          sessions={place.curriculum}
          words={words}
          now={now}
          beside={beside}
        />
      </Panel>
      {place.members.length === 0 ? null : (
        <Panel title={t("members.title")}>
          <p className="hf-soft hf-small">{t("members.hint")}</p>
          <ul className="hp-names">
            {place.members.map(({ name, you, leads }) => (
              <li key={name}>
                <bdi>{name}</bdi>
                {you ? <span className="hf-soft"> {t("members.you")}</span> : null}
                {leads ? <span className="hf-soft"> {t("members.leads")}</span> : null}
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {place.standing === null ? null : <Leave place={place} words={words} />}
    </>
  );
}

function Facts({ place, words }: Props): ReactElement {
  const { t, list, language, moment } = words;
  const places = usePlaces();
  const where = places.data?.find(({ id }) => id === place.place_id)?.name;
  return (
    <dl className="hp-facts">
      <div><dt>{t("fact.leads")}</dt><dd><bdi>{list(place.facilitators)}</bdi></dd></div>
      {place.first === null ? null : <div><dt>{t("fact.first")}</dt><dd>{moment(place.first)}</dd></div>}
      <div>
        <dt>{t("fact.rhythm")}</dt>
        <dd>{t("rhythm", { count: place.every_weeks })}, {t("minutes", { count: place.minutes })}</dd>
      </div>
      <div><dt>{t("fact.where")}</dt><dd>{where ?? t(`medium.${place.medium}`)}</dd></div>
      <div><dt>{t("fact.languages")}</dt><dd>{list(place.languages.map(language))}</dd></div>
      <div><dt>{t("fact.size")}</dt><dd>{t("size", { count: place.capacity })}</dd></div>
    </dl>
  );
}

/** The one thing that is to do, or to know, now. */
function Now({ place, words, toAgree }: Props & { readonly toAgree: boolean }): ReactElement | null {
  const { t } = words;
  if (toAgree) return <Agree key={place.rules_version} place={place} words={words} />;
  if (place.standing === null) {
    return place.open ? <Ask place={place} words={words} /> : <Notice title={t("closed")} />;
  }
  if (place.standing === "asked" || place.standing === "waiting") {
    return <Notice title={t(`now.${place.standing}.title`)}><p>{t(`now.${place.standing}.text`)}</p></Notice>;
  }
  if (place.state === "community" && !place.stays) return <Stay place={place} words={words} />;
  return <Next place={place} words={words} />;
}

function Ask({ place, words }: Props): ReactElement {
  const { t } = words;
  const ask = useOwnChange();
  const [called, setCalled] = useState("");
  const [id] = useState(() => uuid7());
  return (
    <Panel title={t("ask.title")} tone="calm">
      <form
        className="hf-stack"
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate({ method: "post", rest: `/${place.id}/ask`, body: { id, called } });
        }}
      >
        {place.free === 0 ? <p>{t("ask.full")}</p> : null}
        <TextInput
          label={t("ask.called")}
          description={t("ask.calledHint")}
          maxLength={40}
          autoComplete="off"
          value={called}
          onChange={(event) => setCalled(event.currentTarget.value)}
        />
        <p className="hf-soft hf-small">{t("ask.who")}</p>
        <div className="hf-buttons">
          <Button type="submit" disabled={called.trim() === ""} loading={ask.isPending}>{t("ask.do")}</Button>
        </div>
        {ask.isError ? <Problem error={ask.error} /> : null}
      </form>
    </Panel>
  );
}

function Agree({ place, words }: Props): ReactElement {
  const { t } = words;
  const agree = useOwnChange();
  const [read, setRead] = useState(false);
  const again = place.standing !== "accepted";
  return (
    <Panel title={t(again ? "rules.changed" : "rules.first")} tone="calm">
      <p>{t(again ? "rules.changedText" : "rules.firstText")}</p>
      <p className="hp-text hp-rules" dir="auto">{place.rules}</p>
      <Checkbox label={t("rules.read")} checked={read} onChange={(event) => setRead(event.currentTarget.checked)} />
      <div className="hf-buttons">
        <Button
          disabled={!read}
          loading={agree.isPending}
          onClick={() =>
            agree.mutate({
              method: "post",
              rest: `/${place.id}/agree`,
              body: { version: place.rules_version },
            })
          }
        >
          {t("rules.agree")}
        </Button>
      </div>
      {agree.isError ? <Problem error={agree.error} /> : null}
    </Panel>
  );
}

function Stay({ place, words }: Props): ReactElement {
  const { t } = words;
  const stay = useOwnChange();
  return (
    <Panel title={t("stay.title")} tone="calm">
      <p>{t("stay.text")}</p>
      <div className="hf-buttons">
        <Button
          loading={stay.isPending}
          onClick={() => stay.mutate({ method: "put", rest: `/${place.id}/community`, body: { stays: true } })}
        >
          {t("stay.yes")}
        </Button>
      </div>
      {stay.isError ? <Problem error={stay.error} /> : null}
    </Panel>
  );
}

function Next({ place, words }: Props): ReactElement {
  const { t, moment } = words;
  const { clientId } = useOwnRecord();
  const { next } = place;
  const visit = place.attendance.find((each) => each.session_id === next?.id);
  return (
    <Panel title={next?.starts_at ? t("next.title") : t(`over.${place.state === "community" ? "community" : "title"}`)} tone="calm">
      {next?.starts_at ? (
        <>
          <p><strong>{next.title}</strong><br />{moment(next.starts_at)}</p>
          {visit?.encounter_id && visit.visit ? (
            <JoinButton
              clientId={clientId}
              encounterId={visit.encounter_id}
              startsAt={next.starts_at}
              medium={place.medium}
              status={visit.visit}
            />
          ) : null}
          <p className="hf-soft hf-small">
            {t("next.cannot")} <Link to="/appointments">{t("next.appointments")}</Link>
          </p>
        </>
      ) : null}
      {place.thread_id === null ? (
        place.state === "ended" ? null : <p className="hf-soft">{t("thread.later")} <Link to="/messages">{t("thread.keys")}</Link></p>
      ) : (
        <div className="hf-buttons">
          <Button component={Link} to={`/messages/${place.thread_id}`} variant="default">{t("thread.open")}</Button>
        </div>
      )}
    </Panel>
  );
}

function Leave({ place, words }: Props): ReactElement {
  const { t } = words;
  const leave = useOwnChange();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const early = place.standing === "asked" || place.standing === "waiting";
  return (
    <div className="hf-buttons">
      <Button variant="subtle" onClick={() => setAsking(true)}>{t(early ? "leave.back" : "leave.do")}</Button>
      {leave.isError ? <Problem error={leave.error} /> : null}
      <ConfirmDialog
        opened={asking}
        title={t(early ? "leave.backTitle" : "leave.title")}
        confirm={t(early ? "leave.back" : "leave.do")}
        busy={leave.isPending}
        onConfirm={() =>
          leave.mutate(
            { method: "post", rest: `/${place.id}/leave` },
            { onSuccess: () => void navigate({ to: "/programmes" }) },
          )
        }
        onClose={() => setAsking(false)}
      >
        <p>{t(early ? "leave.backText" : "leave.text")}</p>
      </ConfirmDialog>
    </div>
  );
}
