import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSubmit } from "@/auth/useSubmit";
import { Panel } from "@/design";
import { useFormat } from "@/format";

import { tagsOf, type Written } from "./content";
import { discard, type Entry, keepDraft, type Place, save } from "./journal";
import { MoodField } from "./Mood";
import { PhotoField } from "./PhotoField";
import { PROMPTS } from "./prompts";
import { useReaderNames } from "./sharing/useSharing";
import { VaultProblem } from "./VaultProblem";

export interface Writing {
  item: string;
  entry: Entry | null;
  written: Written;
}

interface Props {
  place: Place;
  writing: Writing;
  onClose: () => void;
}

const PAUSE_MS = 400;

type Change = { [Name in keyof Written]?: Written[Name] | undefined };

/** What was taken back is not there at all. */
function withoutUndefined(given: Change): Written {
  const { text = "", ...rest } = given;
  const kept = Object.entries(rest).filter(([, value]) => value !== undefined);
  return { text, ...Object.fromEntries(kept) };
}

const isEmpty = ({ text, photos = [] }: Written): boolean => text.trim() === "" && photos.length === 0;

/** The page to write on. Whatever is typed is sealed on this device within a breath. */
export function Editor({ place, writing, onClose }: Props): ReactElement {
  const { t } = useTranslation(["vault", "journal", "prompts", "sharing"]);
  const format = useFormat();
  const readers = useReaderNames(writing.entry === null ? null : writing.item);
  const submit = useSubmit();
  const [written, setWritten] = useState(writing.written);
  const [tagLine, setTagLine] = useState((writing.written.tags ?? []).join(", "));
  const [kept, setKept] = useState<Written | null>(null);
  const finished = useRef(false);
  const { item, entry } = writing;

  useEffect(() => {
    if (written === writing.written) return undefined;
    const keep = async (): Promise<void> => {
      if (finished.current) return;
      const follows = entry?.heads.map((head) => head.hash) ?? [];
      await keepDraft(place, item, follows, written);
      setKept(written);
    };
    const timer = setTimeout(() => void keep(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [written, writing.written, entry, place, item]);

  const change = (part: Change): void =>
    setWritten((before) => withoutUndefined({ ...before, ...part }));

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
          finish(() => save(place, item, entry, written));
        }}
      >
        <VaultProblem error={submit.error} />
        <NativeSelect
          label={t("journal:prompt")}
          value={written.prompt ?? ""}
          onChange={(event) => change({ prompt: event.currentTarget.value || undefined })}
          data={[
            { value: "", label: t("journal:no-prompt") },
            ...PROMPTS.map((code) => ({ value: code, label: t(`prompts:${code}`) })),
          ]}
        />
        <Textarea
          label={t("words")}
          description={
            readers.length === 0
              ? t("words-hint")
              : t("sharing:standing.hint", { names: format.list(readers) })
          }
          autosize
          minRows={8}
          maxLength={200_000}
          value={written.text}
          onChange={(event) => change({ text: event.currentTarget.value })}
          data-autofocus
          required={(written.photos ?? []).length === 0}
        />
        <p className="hf-soft hf-small" role="status" data-testid="kept">
          {kept === written && !isEmpty(written) ? t("draft.kept") : ""}
        </p>
        <MoodField value={written.mood} onChange={(mood) => change({ mood })} />
        <TextInput
          label={t("journal:tags")}
          description={t("journal:tags-hint")}
          value={tagLine}
          onChange={(event) => {
            setTagLine(event.currentTarget.value);
            change({ tags: tagsOf(event.currentTarget.value) });
          }}
          dir="auto"
        />
        <PhotoField
          place={place}
          item={item}
          photos={written.photos ?? []}
          onChange={(photos) => change({ photos })}
        />
        <div className="hf-buttons">
          <Button type="submit" loading={submit.busy} disabled={isEmpty(written)}>
            {t("common:save")}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t("later")}
          </Button>
          <Button variant="subtle" onClick={() => finish(() => discard(place, item))}>
            {t("discard")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
