import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactElement, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { api, clientPath } from "@/api/client";
import { useActive } from "@/api/session";
import { ErrorState } from "@/design";

import { bandWords, scaleTitle, useClinicWords } from "../language";
import type { NoteView } from "./api";
import { type Facts, prefilled, withFacts } from "./prefill";
import { templateOf } from "./templates";
import type { Draft } from "./useDraft";

interface Props {
  readonly client: string;
  readonly note: NoteView;
  readonly draft: Draft;
}

/** A new note begins with what is known of the visit and shared; into another it is put by hand. */
export function FactsButton({ client, note, draft }: Props): ReactElement | null {
  const { t } = useTranslation(["notes", "day", "appointments"]);
  const words = useClinicWords();
  const { practice } = useActive();
  const template = templateOf(note.template);
  const { encounter } = draft.written;
  const latest = useRef(draft);
  useEffect(() => {
    latest.current = draft;
  });
  const ask = useMutation({
    mutationFn: () =>
      api.get<Facts>(clientPath(practice.id, client, "/note-facts"), { query: { encounter } }),
    onSuccess: (facts) => {
      if (template === undefined) return;
      const said = prefilled(template, facts, {
        t: (key, values) => t(key, values ?? {}),
        number: words.number,
        moment: words.moment,
        day: words.day,
        title: (score) => scaleTitle(score, words),
        band: (band) => bandWords(words, band),
      });
      const { written, change } = latest.current;
      change({ content: withFacts(written.content, said) });
    },
  });
  const fresh = note.version === 0 && note.revision === 1;
  const asked = useRef(false);
  const { mutate } = ask;
  useEffect(() => {
    if (!fresh || asked.current) return;
    asked.current = true;
    mutate();
  }, [fresh, mutate]);
  return (
    <>
      <div className="hf-buttons">
        <Button size="xs" variant="default" loading={ask.isPending} onClick={() => ask.mutate()}>
          {t("facts.put")}
        </Button>
      </div>
      <p className="hf-soft hf-small">{t("facts.from")}</p>
      {ask.isError ? <ErrorState error={ask.error} /> : null}
    </>
  );
}
