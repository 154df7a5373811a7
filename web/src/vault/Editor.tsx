import { Button, Textarea } from "@mantine/core";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSubmit } from "@/auth/useSubmit";
import { Panel } from "@/design";

import { dropDraft, type Entry, keepDraft, type Place, save } from "./journal";
import { VaultProblem } from "./VaultProblem";

export interface Writing {
  item: string;
  entry: Entry | null;
  text: string;
}

interface Props {
  place: Place;
  writing: Writing;
  onClose: () => void;
}

const PAUSE_MS = 400;

/** The page to write on. Whatever is typed is sealed on this device within a breath. */
export function Editor({ place, writing, onClose }: Props): ReactElement {
  const { t } = useTranslation("vault");
  const submit = useSubmit();
  const [text, setText] = useState(writing.text);
  const [keptText, setKeptText] = useState(writing.text);
  const finished = useRef(false);
  const { item, entry } = writing;

  useEffect(() => {
    if (text === writing.text) return undefined;
    const keep = async (): Promise<void> => {
      if (finished.current) return;
      const follows = entry?.heads.map((head) => head.hash) ?? [];
      await keepDraft(place, item, follows, text);
      setKeptText(text);
    };
    const timer = setTimeout(() => void keep(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, writing.text, entry, place, item]);

  const finish = (work: () => Promise<void>): void => {
    void submit.run(async () => {
      finished.current = true;
      try {
        await work();
        onClose();
      } catch (error) {
        finished.current = false;
        throw error;
      }
    });
  };

  return (
    <Panel title={t(entry === null ? "new-title" : "edit-title")}>
      <form
        className="hf-stack"
        onSubmit={(event) => {
          event.preventDefault();
          finish(() => save(place, item, entry, text));
        }}
      >
        <VaultProblem error={submit.error} />
        <Textarea
          label={t("words")}
          description={t("words-hint")}
          autosize
          minRows={8}
          maxLength={200_000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
          required
        />
        <p className="hf-soft hf-small" role="status" data-testid="kept">
          {keptText === text && text !== "" ? t("draft.kept") : ""}
        </p>
        <div className="hf-buttons">
          <Button type="submit" loading={submit.busy}>
            {t("common:save")}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t("later")}
          </Button>
          <Button variant="subtle" onClick={() => finish(() => dropDraft(place, item))}>
            {t("discard")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
