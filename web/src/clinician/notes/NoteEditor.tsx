import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog, ErrorState, Notice } from "@/design";

import { useClinicWords } from "../language";
import type { EncounterView } from "../types";
import { type NoteView, useNoteWrite, useReadAnew } from "./api";
import { inLanguage, templateOf } from "./templates";
import { FactsButton } from "./FactsButton";
import { type Draft, useDraft, type Written } from "./useDraft";

const MOST = 20_000;

interface Props {
  readonly client: string;
  readonly note: NoteView;
  readonly encounters: readonly EncounterView[];
  readonly onClose: () => void;
}

/** What an amendment begins with: what was signed last. */
const beginning = (note: NoteView): Written => ({
  content: note.draft ?? note.versions.at(-1)?.content ?? {},
  encounter: note.encounter_id,
});

/** The form of a note. Every pause is kept; signing closes it. */
export function NoteEditor({ client, note, encounters, onClose }: Props): ReactElement {
  const { t, i18n } = useTranslation("notes");
  const { moment } = useClinicWords();
  const draft = useDraft(client, note, beginning(note));
  const template = templateOf(note.template);
  const { content, encounter } = draft.written;
  return (
    <form
      className="hf-stack"
      aria-label={t(note.version === 0 ? "editor.title" : "editor.amend")}
      onSubmit={(event) => event.preventDefault()}
    >
      {(template?.sections ?? []).map((section) => (
        <Textarea
          key={section.code}
          label={inLanguage(section.title, i18n.language)}
          description={inLanguage(section.hint, i18n.language)}
          autosize
          minRows={template?.sections.length === 1 ? 8 : 3}
          maxLength={MOST}
          dir="auto"
          value={content[section.code] ?? ""}
          onChange={(event) =>
            draft.change({ content: { ...content, [section.code]: event.currentTarget.value } })
          }
        />
      ))}
      <NativeSelect
        size="sm"
        label={t("editor.meeting")}
        value={encounter ?? ""}
        onChange={(event) => draft.change({ encounter: event.currentTarget.value || null })}
        data={[
          { value: "", label: t("editor.noMeeting") },
          ...encounters
            .filter((each) => each.status !== "cancelled")
            .map((each) => ({ value: each.id, label: moment(each.starts_at) })),
        ]}
      />
      <FactsButton client={client} note={note} draft={draft} />
      <Kept draft={draft} />
      <Signing client={client} note={note} draft={draft} onClose={onClose} />
    </form>
  );
}

function Kept({ draft }: { readonly draft: Draft }): ReactElement {
  const { t } = useTranslation("notes");
  const { moment } = useClinicWords();
  if (draft.standing === "changed") {
    return (
      <div role="alert">
        <Notice tone="attention" title={t("editor.changed")} testId="note-changed">
          <p>{t("editor.changedText")}</p>
          <div className="hf-buttons">
            <Button size="sm" variant="default" onClick={() => void draft.takeTheirs()}>
              {t("editor.theirs")}
            </Button>
            <Button size="sm" variant="default" onClick={() => void draft.keepMine()}>
              {t("editor.mine")}
            </Button>
          </div>
        </Notice>
      </div>
    );
  }
  return (
    <p className="hf-soft hf-small" role="status" data-testid="note-kept">
      {draft.standing === "failed" ? t("editor.failed") : null}
      {draft.standing === "kept" && draft.keptAt !== null
        ? t("editor.kept", { at: moment(draft.keptAt) })
        : null}
      {draft.standing === "waiting" ? t("editor.waiting") : null}
    </p>
  );
}

interface SigningProps {
  readonly client: string;
  readonly note: NoteView;
  readonly draft: Draft;
  readonly onClose: () => void;
}

function Signing({ client, note, draft, onClose }: SigningProps): ReactElement {
  const { t } = useTranslation(["notes", "common"]);
  const write = useNoteWrite(client);
  const readAnew = useReadAnew(client);
  const [asking, setAsking] = useState<"sign" | "discard" | null>(null);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const amends = note.version > 0;
  const empty = Object.values(draft.written.content).every((text) => text.trim() === "");
  const finish = async (method: "post" | "delete"): Promise<void> => {
    setBusy(true);
    try {
      const revision = await draft.flush();
      if (revision === null) return;
      const rest = `/notes/${note.id}/${method === "post" ? "signature" : "draft"}`;
      if (method === "post") await write.mutateAsync({ method, rest, body: { revision, reason } });
      else await write.mutateAsync({ method, rest, query: { revision } });
      onClose();
    } catch {
      // The mutation's own error is shown below.
    } finally {
      setBusy(false);
      setAsking(null);
    }
  };
  return (
    <>
      {amends ? (
        <TextInput
          size="sm"
          label={t("editor.reason")}
          description={t("editor.reasonHint")}
          maxLength={500}
          required
          dir="auto"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      ) : null}
      <div className="hf-buttons">
        <Button
          size="sm"
          disabled={empty || (amends && reason.trim() === "")}
          onClick={() => setAsking("sign")}
        >
          {t("editor.sign")}
        </Button>
        <Button
          size="sm"
          variant="default"
          onClick={() => void draft.flush().then(readAnew).then(onClose)}
        >
          {t("editor.later")}
        </Button>
        <Button size="sm" variant="subtle" onClick={() => setAsking("discard")}>
          {t(amends ? "editor.dropAmendment" : "editor.discard")}
        </Button>
      </div>
      {write.isError ? <ErrorState error={write.error} /> : null}
      <ConfirmDialog
        opened={asking === "sign"}
        title={t("editor.signTitle")}
        confirm={t("editor.sign")}
        busy={busy}
        onConfirm={() => void finish("post")}
        onClose={() => setAsking(null)}
      >
        <p>{t("editor.signText")}</p>
      </ConfirmDialog>
      <ConfirmDialog
        opened={asking === "discard"}
        title={t("editor.discardTitle")}
        confirm={t("editor.discardYes")}
        color="clay"
        busy={busy}
        onConfirm={() => void finish("delete")}
        onClose={() => setAsking(null)}
      />
    </>
  );
}
