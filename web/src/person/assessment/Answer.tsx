import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive, useOwnRecord } from "@/api/session";
import { EmptyState, Loading, Notice, Page } from "@/design";
import { directionOf } from "@/i18n";
import { bundledPack, loadPack, type Pack } from "@/measures/pack";
import { score } from "@/measures/score";
import { beginDraft, loadDraft, saveDraft } from "@/person/checkin/drafts";
import { Question } from "@/person/checkin/Question";
import { submit } from "@/person/checkin/submit";
import type { Draft } from "@/queue/db";

import { type Plan, questionsOf, sequence, toAskAgain } from "./asking";
import { placeOf, type PromptItem, putSoFar } from "./prompts";
import { useCourse } from "./useCourse";

/** One prompt: a handful of questions, worked out on this device, with or without network. */
export default function Answer(): ReactElement {
  const { t } = useTranslation("assessment");
  const course = useCourse();
  // Whoever has begun may finish, also when the window closes meanwhile.
  const [begun, setBegun] = useState<PreparedProps | null>(null);
  if (begun !== null) return <Prepared {...begun} />;
  if (course.pending) return <Loading />;
  const found = openPrompt(course);
  if (found !== null) {
    setBegun(found);
    return <Loading />;
  }
  return (
    <Page title={t("title")}>
      <EmptyState title={t("answer.none")}>
        <Button component={Link} to="/assessment" variant="default">
          {t("answer.back")}
        </Button>
      </EmptyState>
    </Page>
  );
}

/** The prompt that stands open, and what it puts: settled when it is begun, so that an answer which
 * arrives from elsewhere meanwhile takes no question away half-way. */
function openPrompt({ plan, detail, outbox, standing }: ReturnType<typeof useCourse>): PreparedProps | null {
  const prompt = standing?.now ?? null;
  if (plan === null || detail === null || prompt === null) return null;
  const place = placeOf(plan, detail, prompt);
  if (place === null) return null;
  const first = questionsOf(plan, place.day, place.prompt, putSoFar(plan, detail, outbox));
  return { plan, prompt, first };
}

interface PreparedProps {
  plan: Plan;
  prompt: PromptItem;
  first: string[];
}

function Prepared({ plan, prompt, first }: PreparedProps): ReactElement {
  const { i18n } = useTranslation("assessment");
  const { practiceId } = useOwnRecord();
  const { me } = useActive();
  const id = `assessment:${prompt.prompt_id}`;
  const ready = useQuery({
    queryKey: ["assessment-draft", prompt.prompt_id],
    queryFn: async () => {
      const pack = await loadPack(practiceId, plan.instrument.id, plan.instrument.version);
      void bundledPack("asq");
      const language = pack.texts[i18n.language] === undefined ? "en" : i18n.language;
      const draft =
        (await loadDraft(id, me.id)) ??
        beginDraft({ id, ownerId: me.id, instrument: pack.id, version: pack.version, language });
      return { pack, draft };
    },
    staleTime: Infinity,
    gcTime: 0,
  });
  if (ready.data === undefined) return <Loading />;
  return <Flow plan={plan} prompt={prompt} first={first} pack={ready.data.pack} kept={ready.data.draft} />;
}

interface FlowProps extends PreparedProps {
  pack: Pack;
  kept: Draft;
}

function Flow({ plan, prompt, first, pack, kept }: FlowProps): ReactElement {
  const { t } = useTranslation(["assessment", "person"]);
  const own = useOwnRecord();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [draft, setDraft] = useState<Draft>(kept);
  const [again, setAgain] = useState<string | null>(null);
  // A second tap on the last answer must not hand in a second time.
  const finished = useRef(false);
  useEffect(() => {
    void saveDraft(draft);
  }, [draft]);

  const list = sequence(pack, first, draft.answers);
  const position = Math.min(draft.position, list.length - 1);
  const repeated = again === null ? undefined : pack.items.find((each) => each.id === again);
  const item = repeated ?? list[position];
  const text = pack.texts[draft.language];
  if (item === undefined || text === undefined) throw new Error(`${pack.id} has no question to put`);

  const finish = async (answers: Record<string, number | null>): Promise<void> => {
    if (finished.current) return;
    finished.current = true;
    // Changing an answer can take its follow-up away; what was answered to it goes with it.
    const put = new Set(sequence(pack, first, answers).map((each) => each.id));
    const final = Object.fromEntries(Object.entries(answers).filter(([id]) => put.has(id)));
    const ready = { ...draft, answers: final };
    await submit({ draft: ready, ...own, promptId: prompt.prompt_id });
    await client.invalidateQueries({ queryKey: ["outbox"] });
    const told = score(pack, final).alerts.length > 0;
    if (told) {
      await navigate({ to: "/after/$response", params: { response: ready.responseId }, replace: true });
    } else {
      await navigate({ to: "/assessment", hash: "thanks", replace: true });
    }
  };

  const proceed = (value: number | null): void => {
    const answers = { ...draft.answers, [item.id]: value };
    if (repeated !== undefined) {
      void finish(answers);
      return;
    }
    if (position + 1 < sequence(pack, first, answers).length) {
      setDraft({ ...draft, answers, position: position + 1 });
      return;
    }
    setDraft({ ...draft, answers });
    const askAgain = toAskAgain(plan, first, answers);
    if (askAgain === null) void finish(answers);
    else setAgain(askAgain);
  };

  return (
    <Question
      key={`${item.id}-${again === null ? "first" : "again"}`}
      title={text.title ?? pack.title}
      language={draft.language}
      direction={directionOf(draft.language)}
      stem={text.stem ?? null}
      text={text.items[item.id] ?? ""}
      options={pack.option_sets[item.options] ?? []}
      labels={text.options[item.options] ?? []}
      value={draft.answers[item.id]}
      progress={{ at: repeated === undefined ? position + 1 : list.length, of: list.length }}
      note={
        <>
          {text.status === "draft" && position === 0 ? (
            <p className="hf-soft hf-small">{t("answer.draft")}</p>
          ) : null}
          {repeated === undefined ? null : (
            <Notice title={t("person:checkin.again-title")} testId="asked-again">
              <p>{t("person:checkin.again")}</p>
            </Notice>
          )}
        </>
      }
      {...(repeated === undefined ? {} : { skipLabel: t("person:checkin.again-skip") })}
      onAnswer={proceed}
      onSkip={() => proceed(null)}
      onBack={() => {
        if (again !== null) setAgain(null);
        else if (position === 0) void navigate({ to: "/assessment" });
        else setDraft({ ...draft, position: position - 1 });
      }}
    />
  );
}
