import { ActionIcon, Button, FileButton, Textarea } from "@mantine/core";
import { IconMicrophone, IconPaperclip, IconX } from "@tabler/icons-react";
import { type KeyboardEvent, type ReactElement, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { Notice } from "@/design";

import { type Attached, MOST_CHARACTERS, MOST_FILES } from "./content";
import { type Draft, draftOf, isEmpty, keepDraft } from "./drafts";
import { MOST_FILE_BYTES } from "./files";
import { dropFile, enqueue, keepFile } from "./outbox";
import type { Place } from "./types";
import { canRecord, type Recorded, useVoice } from "./useVoice";

interface Props {
  place: Place;
  thread: string;
  onSent: () => void;
}

const PAUSE_MS = 400;
const NOTHING: Draft = { text: "", files: [] };

/** Where a message is written. Whatever is typed is sealed on this device within a breath. */
export function Composer({ place, thread, onSent }: Props): ReactElement {
  const { t } = useTranslation("messages");
  const [draft, setDraft] = useState<Draft | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const touched = useRef(false);
  const { user } = place;

  useEffect(() => {
    let gone = false;
    void draftOf(user, thread).then((found) => {
      if (!gone) setDraft((now) => now ?? found);
    });
    return () => {
      gone = true;
    };
  }, [user, thread]);

  useEffect(() => {
    if (draft === null || !touched.current) return undefined;
    const timer = setTimeout(() => void keepDraft(user, thread, draft), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft, user, thread]);

  const latest = useRef(draft);
  useEffect(() => {
    latest.current = draft;
  }, [draft]);

  const change = useCallback((part: (before: Draft) => Partial<Draft>) => {
    touched.current = true;
    setDraft((before) => ({ ...(before ?? NOTHING), ...part(before ?? NOTHING) }));
  }, []);

  const add = useCallback(
    async (given: Parameters<typeof keepFile>[2]) => {
      if (given.content.length > MOST_FILE_BYTES) return setProblem("too-large");
      setProblem(null);
      setBusy(true);
      try {
        const attached = await keepFile(user, thread, given);
        change(({ files }) => ({ files: [...files, attached] }));
      } finally {
        setBusy(false);
      }
    },
    // The rule does not see what is used inside the try.
    // oxlint-disable-next-line react/memo-dependencies
    [user, thread, change],
  );

  const recorded = useCallback(
    ({ content, media_type, seconds }: Recorded) =>
      void add({ name: t("voice.name"), media_type, content, seconds }),
    [add, t],
  );
  const voice = useVoice(recorded);

  const now = draft ?? NOTHING;
  const remove = (file: string): void => {
    change(({ files }) => ({ files: files.filter((each) => each.file !== file) }));
    void dropFile(file);
  };
  const send = async (): Promise<void> => {
    if (isEmpty(now) || busy) return;
    // Emptied at once: what is typed while the message is being sealed is the next one.
    setDraft(NOTHING);
    try {
      await enqueue(place, thread, { text: now.text.trim(), files: now.files });
    } catch (error) {
      change(({ text, files }) => ({ text: now.text + text, files: [...now.files, ...files] }));
      throw error;
    }
    await keepDraft(user, thread, latest.current ?? NOTHING);
    onSent();
  };
  const typed = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  const full = now.files.length >= MOST_FILES || busy;
  return (
    <form
      className="hf-composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {problem === null ? null : <Notice tone="attention" live title={t(`file.${problem}`)} />}
      {voice.state === "refused" ? <Notice tone="attention" live title={t("voice.refused")} /> : null}
      <Chosen files={now.files} onRemove={remove} />
      <Textarea
        label={t("write.label")}
        description={t("write.hint")}
        autosize
        minRows={2}
        maxRows={10}
        maxLength={MOST_CHARACTERS}
        value={now.text}
        onChange={(event) => {
          const { value } = event.currentTarget;
          change(() => ({ text: value }));
        }}
        onKeyDown={typed}
        dir="auto"
      />
      <div className="hf-buttons">
        <Button type="submit" disabled={isEmpty(now)} loading={busy}>
          {t("write.send")}
        </Button>
        <FileButton
          multiple={false}
          disabled={full}
          onChange={(file) => {
            if (file === null) return;
            void file.arrayBuffer().then((buffer) =>
              add({
                name: file.name,
                media_type: file.type === "" ? "application/octet-stream" : file.type,
                content: new Uint8Array(buffer),
              }),
            );
          }}
        >
          {(props) => (
            <Button {...props} variant="default" disabled={full} leftSection={<IconPaperclip size={18} aria-hidden />}>
              {t("file.add")}
            </Button>
          )}
        </FileButton>
        {canRecord() ? <VoiceButtons voice={voice} disabled={full} /> : null}
      </div>
    </form>
  );
}

function Chosen({ files, onRemove }: { readonly files: Attached[]; readonly onRemove: (file: string) => void }): ReactElement | null {
  const { t } = useTranslation("messages");
  if (files.length === 0) return null;
  return (
    <ul className="hf-plain-list" aria-label={t("file.chosen")}>
      {files.map(({ file, name }) => (
        <li key={file} className="hf-row">
          <bdi>{name}</bdi>
          <ActionIcon variant="subtle" size="lg" aria-label={t("file.remove", { name })} onClick={() => onRemove(file)}>
            <IconX size={18} aria-hidden />
          </ActionIcon>
        </li>
      ))}
    </ul>
  );
}

interface VoiceProps {
  voice: ReturnType<typeof useVoice>;
  disabled: boolean;
}

function VoiceButtons({ voice, disabled }: VoiceProps): ReactElement {
  const { t } = useTranslation("messages");
  if (voice.state !== "recording") {
    return (
      <Button
        variant="default"
        disabled={disabled}
        leftSection={<IconMicrophone size={18} aria-hidden />}
        onClick={() => void voice.begin()}
      >
        {t("voice.begin")}
      </Button>
    );
  }
  return (
    <>
      <span role="status">{t("voice.running", { seconds: voice.seconds })}</span>
      <Button variant="default" onClick={voice.finish}>{t("voice.finish")}</Button>
      <Button variant="subtle" onClick={voice.discard}>{t("voice.discard")}</Button>
    </>
  );
}
