import { Button, NativeSelect } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Navigate, useNavigate, useParams } from "@tanstack/react-router";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive, useOwnRecord } from "@/api/session";
import type { DueItem } from "@/api/types";
import { useNow } from "@/clinician/useNow";
import { EmptyState, Notice, Page, Query } from "@/design";
import { useFormat } from "@/format";
import { directionOf } from "@/i18n";
import { loadPack, matchLanguage, type Pack, usableLanguages } from "@/measures/pack";
import type { Sex } from "@/measures/score";
import { isAssessment } from "@/person/assessment/TodayCard";
import { useRecord, useToday } from "@/person/data";
import { asked } from "@/person/prompts";
import type { Draft } from "@/queue/db";
import { useUndelivered } from "@/queue/useOutbox";
import { MonitoredNotice } from "@/safety/MonitoredNotice";

import { beginDraft, loadDraft, saveDraft } from "./drafts";
import { finalAnswers, questions, recallOf, toAskAgain } from "./flow";
import { Question } from "./Question";
import { submit } from "./submit";

export default function CheckIn(): ReactElement {
  const { t } = useTranslation("person");
  const { assignment } = useParams({ strict: false }) as { assignment: string };
  const own = useOwnRecord();
  const { me } = useActive();
  const today = useToday(own);
  const given = useUndelivered(me.id).data;
  const now = useNow();
  // Whoever has begun may finish, also when the window closes meanwhile.
  const [begun, setBegun] = useState<DueItem | null>(null);
  return (
    <Query query={today}>
      {(data) => {
        const known = [...data.due, ...data.upcoming];
        const { open } = asked(known, given ?? [], now + data.skew);
        const due = begun ?? open.find((each) => each.assignment_id === assignment);
        if (due === undefined) {
          return (
            <Page title={t("checkin.title")}>
              <EmptyState title={t("checkin.not-due")}>
                <Button component={Link} to="/today" variant="default">
                  {t("checkin.to-today")}
                </Button>
              </EmptyState>
            </Page>
          );
        }
        if (isAssessment(due.instrument)) return <Navigate to="/assessment/answer" replace />;
        return <Prepared due={due} onBegun={setBegun} />;
      }}
    </Query>
  );
}

const readSex = (sex: string | null | undefined): Sex =>
  sex === "female" || sex === "male" ? sex : null;

interface PreparedProps {
  due: DueItem;
  onBegun: (due: DueItem) => void;
}

function Prepared({ due, onBegun }: PreparedProps): ReactElement {
  const own = useOwnRecord();
  const { me } = useActive();
  const record = useRecord(own);
  const pack = useQuery({
    queryKey: ["pack", due.instrument, due.version],
    queryFn: () => loadPack(own.practiceId, due.instrument, due.version),
    staleTime: Infinity,
  });
  const draft = useQuery({
    queryKey: ["draft", due.prompt_id],
    queryFn: () => loadDraft(due.prompt_id, me.id),
    // Read once: from then on the screen holds the newest state and writes it down.
    staleTime: Infinity,
    gcTime: 0,
  });
  if (record.isPending) return <></>;
  return (
    <Query query={pack}>
      {(loaded) => (
        <Query query={draft}>
          {(kept) => (
            <Flow
              due={due}
              pack={loaded}
              kept={kept !== null && kept.version === due.version ? kept : null}
              sex={readSex(record.data?.sex)}
              onBegun={onBegun}
            />
          )}
        </Query>
      )}
    </Query>
  );
}

interface FlowProps extends PreparedProps {
  pack: Pack;
  kept: Draft | null;
  sex: Sex;
}

function Flow({ due, pack, kept, sex, onBegun }: FlowProps): ReactElement {
  const { t, i18n } = useTranslation("person");
  const own = useOwnRecord();
  const { me } = useActive();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [draft, setDraft] = useState<Draft | null>(kept);
  const [askAgain, setAskAgain] = useState<string | null>(null);
  // A second tap on the last answer must not hand in a second time.
  const finished = useRef(false);

  useEffect(() => {
    if (draft === null) return;
    onBegun(due);
    void saveDraft(draft);
  }, [draft, due, onBegun]);

  if (draft === null) {
    return (
      <Intro
        due={due}
        pack={pack}
        preferred={matchLanguage(pack, i18n.language)}
        onStart={(language) =>
          setDraft(
            beginDraft({
              id: due.prompt_id,
              ownerId: me.id,
              instrument: due.instrument,
              version: due.version,
              language,
            }),
          )
        }
      />
    );
  }

  const text = pack.texts[draft.language];
  if (text === undefined) throw new Error(`no text in ${draft.language}`);
  const list = questions(pack, text, draft.answers, sex);
  const position = Math.min(draft.position, list.length - 1);
  const askedItem = askAgain === null ? undefined : pack.items.find((each) => each.id === askAgain);
  const item = askedItem ?? list[position];
  if (item === undefined) throw new Error(`${pack.id} has no question to put`);

  const finish = async (answered: Draft): Promise<void> => {
    if (finished.current) return;
    finished.current = true;
    const ready = { ...answered, answers: finalAnswers(pack, text, answered.answers, sex) };
    await submit({ draft: ready, ...own, promptId: due.prompt_id });
    await client.invalidateQueries({ queryKey: ["outbox"] });
    await navigate({ to: "/after/$response", params: { response: ready.responseId }, replace: true });
  };

  const proceed = (value: number | null): void => {
    const answered: Draft = { ...draft, answers: { ...draft.answers, [item.id]: value } };
    if (askedItem !== undefined) {
      void finish(answered);
      return;
    }
    const next = position + 1;
    if (next < questions(pack, text, answered.answers, sex).length) {
      setDraft({ ...answered, position: next });
      return;
    }
    setDraft(answered);
    const again = toAskAgain(pack, text, answered.answers);
    if (again === null) void finish(answered);
    else setAskAgain(again);
  };

  const options = pack.option_sets[item.options] ?? [];
  return (
    <Question
      key={`${item.id}-${askAgain === null ? "first" : "again"}`}
      title={text.title ?? pack.title}
      language={draft.language}
      direction={directionOf(draft.language.split("-")[0] ?? "")}
      stem={text.stem ?? null}
      text={text.items[item.id] ?? ""}
      options={options}
      labels={text.options[item.options] ?? []}
      value={draft.answers[item.id]}
      progress={{ at: askedItem === undefined ? position + 1 : list.length, of: list.length }}
      note={
        askedItem === undefined ? null : (
          <Notice tone="calm" title={t("checkin.again-title")} testId="asked-again">
            <p>{t("checkin.again")}</p>
          </Notice>
        )
      }
      {...(askedItem === undefined ? {} : { skipLabel: t("checkin.again-skip") })}
      onAnswer={proceed}
      onSkip={() => proceed(null)}
      onBack={() => {
        if (askAgain !== null) setAskAgain(null);
        else if (position === 0) setDraft(null);
        else setDraft({ ...draft, position: position - 1 });
      }}
    />
  );
}

interface IntroProps {
  due: DueItem;
  pack: Pack;
  preferred: string | null;
  onStart: (language: string) => void;
}

function Intro({ due, pack, preferred, onStart }: IntroProps): ReactElement {
  const { t } = useTranslation("person");
  const format = useFormat();
  const own = useOwnRecord();
  const languages = usableLanguages(pack);
  const [language, setLanguage] = useState(preferred ?? languages[0] ?? "en");
  const text = pack.texts[language];
  const recall = recallOf(pack.recall);
  const count = pack.items.filter((item) => text?.items[item.id] !== undefined).length;
  return (
    <Page
      title={text?.title ?? pack.title}
      lead={t("checkin.intro", { count })}
    >
      {recall === null ? null : (
        <p>{t(`checkin.recall.${recall.unit}`, { count: recall.count })}</p>
      )}
      {preferred === null ? (
        <Notice tone="attention" title={t("checkin.other-languages")} testId="language-note">
          <p>
            {t("checkin.other-languages-text", {
              languages: format.list(languages.map((tag) => format.language(tag))),
            })}
          </p>
        </Notice>
      ) : null}
      {languages.length > 1 ? (
        <NativeSelect
          label={t("checkin.language")}
          value={language}
          onChange={(event) => setLanguage(event.currentTarget.value)}
          data={languages.map((tag) => ({ value: tag, label: format.language(tag) }))}
        />
      ) : null}
      <MonitoredNotice {...own} />
      <div className="hf-buttons">
        <Button size="lg" onClick={() => onStart(language)}>
          {t("checkin.start")}
        </Button>
        <Button component={Link} to="/today" size="lg" variant="default">
          {t("checkin.later")}
        </Button>
      </div>
      <p className="hf-soft hf-small">{t("checkin.how")}</p>
      <p className="hf-soft hf-small" lang="en" dir="ltr">
        {pack.credit} {due.version}
      </p>
    </Page>
  );
}
