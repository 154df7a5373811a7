import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { Loading, Panel } from "@/design";
import { directionOf } from "@/i18n";
import { bundledPack, matchLanguage, type Pack } from "@/measures/pack";
import { isPut } from "@/measures/score";
import { beginDraft, loadDraft, saveDraft } from "@/person/checkin/drafts";
import { Question } from "@/person/checkin/Question";
import { submit } from "@/person/checkin/submit";
import type { Draft } from "@/queue/db";

interface Props {
  parent: string;
  instrument: string;
  practiceId: string;
  clientId: string;
  onDone: (responseId: string) => void;
}

/** Marks that the words were the interface's one direct question, not the instrument's text. */
const SCRIPTED = "-x-scripted";
const RIGHT_NOW = "asq_5";

const isScripted = (language: string): boolean => language.endsWith(SCRIPTED);

/**
 * The questions that follow at once on the device, without network. English and Spanish have the
 * instrument's own words, unaltered; other languages have one direct question of ours.
 */
export function FollowUp(props: Props): ReactElement {
  const { i18n } = useTranslation("safety");
  const { me } = useActive();
  const id = `follow-up:${props.parent}`;
  const ready = useQuery({
    queryKey: ["follow-up", props.parent],
    queryFn: async () => {
      const pack = await bundledPack(props.instrument);
      const draft =
        (await loadDraft(id, me.id)) ??
        beginDraft({
          id,
          ownerId: me.id,
          instrument: pack.id,
          version: pack.version,
          language: matchLanguage(pack, i18n.language) ?? `${i18n.language}${SCRIPTED}`,
        });
      return { pack, draft };
    },
    staleTime: Infinity,
    gcTime: 0,
  });
  if (ready.data === undefined) return <Loading />;
  return <Asking {...props} pack={ready.data.pack} first={ready.data.draft} />;
}

interface AskingProps extends Props {
  pack: Pack;
  first: Draft;
}

function Asking({ pack, first, parent, practiceId, clientId, onDone }: AskingProps): ReactElement {
  const { t } = useTranslation("safety");
  const [draft, setDraft] = useState(first);
  const [busy, setBusy] = useState(false);
  const scripted = isScripted(draft.language);
  const list = pack.items.filter((item) =>
    scripted ? item.id === RIGHT_NOW : isPut(pack, item, draft.answers, null),
  );
  const item = list[Math.min(draft.position, list.length - 1)];
  if (item === undefined) throw new Error(`${pack.id} has no question to put`);
  const text = pack.texts[draft.language];
  const language = scripted ? draft.language.slice(0, -SCRIPTED.length) : draft.language;

  const proceed = (value: number | null): void => {
    if (busy) return;
    const answers = { ...draft.answers, [item.id]: value };
    const put = scripted ? list : pack.items.filter((each) => isPut(pack, each, answers, null));
    const next: Draft = { ...draft, answers, position: draft.position + 1 };
    if (next.position < put.length) {
      setDraft(next);
      void saveDraft(next);
      return;
    }
    setBusy(true);
    void saveDraft(next)
      .then(() => submit({ draft: next, practiceId, clientId, parent }))
      .then(() => onDone(next.responseId));
  };

  return (
    <Panel title={t("follow-up.title")} testId="follow-up">
      <p className="hf-soft">{t("follow-up.lead")}</p>
      <Question
        key={item.id}
        level="panel"
        title={t("follow-up.title")}
        language={language}
        direction={directionOf(language.split("-")[0] ?? "")}
        stem={null}
        text={scripted ? t("follow-up.direct") : (text?.items[item.id] ?? "")}
        options={pack.option_sets[item.options] ?? []}
        labels={scripted ? [t("common:no"), t("common:yes")] : (text?.options[item.options] ?? [])}
        value={draft.answers[item.id]}
        skipLabel={t("follow-up.decline")}
        onAnswer={proceed}
        onSkip={() => proceed(null)}
      />
      {scripted ? null : (
        <p className="hf-soft hf-small" lang="en" dir="ltr">
          {pack.credit}
        </p>
      )}
    </Panel>
  );
}
