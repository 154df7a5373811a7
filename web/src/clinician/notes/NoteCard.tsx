import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { ConfirmDialog, ErrorState, Query } from "@/design";

import { useClinicWords } from "../language";
import { Tag } from "../marks";
import type { EncounterView } from "../types";
import { type NoteRow, type NoteVersion, type NoteView, useNote, useNoteWrite } from "./api";
import { NoteEditor } from "./NoteEditor";
import { Sections } from "./Sections";
import { inLanguage, templateOf } from "./templates";

interface Props {
  readonly client: string;
  readonly row: NoteRow;
  readonly encounters: readonly EncounterView[];
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
}

/** One note in the list: by whom, of when, how far it is; opened, everything it says. */
export function NoteCard({ client, row, encounters, open, onToggle }: Props): ReactElement {
  const { t, i18n } = useTranslation("notes");
  const { moment } = useClinicWords();
  const template = templateOf(row.template);
  const title = template === undefined ? row.template : inLanguage(template.title, i18n.language);
  const when = moment(row.encounter_at ?? row.signed_at ?? row.created_at);
  return (
    <li className="hn-note" data-testid="note">
      <div className="hf-row">
        <span>
          {when} · {title}
          <span className="hc-sub"><bdi>{row.author}</bdi></span>
        </span>
        <span className="hf-buttons">
          <Standing row={row} />
          <Button
            size="xs"
            variant="default"
            aria-expanded={open}
            aria-label={t(open ? "closeNamed" : "openNamed", { when, title })}
            onClick={() => onToggle(!open)}
          >
            {t(open ? "close" : "open")}
          </Button>
        </span>
      </div>
      {open ? (
        <Opened client={client} id={row.id} encounters={encounters} onClose={() => onToggle(false)} />
      ) : null}
    </li>
  );
}

function Standing({ row }: { readonly row: NoteRow }): ReactElement {
  const { t } = useTranslation("notes");
  return (
    <>
      {row.draft_at === null ? null : (
        <Tag tone="attention">{t(row.version === 0 ? "tag.draft" : "tag.amending")}</Tag>
      )}
      {row.version > 0 ? <Tag>{t("tag.signed")}</Tag> : null}
      {row.version > 1 ? <Tag>{t("tag.amended")}</Tag> : null}
      {row.wants_cosignature && row.cosigned_at === null ? (
        <Tag tone="attention">{t("tag.waits")}</Tag>
      ) : null}
      {row.cosigned_at === null ? null : <Tag>{t("tag.cosigned")}</Tag>}
      {row.released_at === null ? null : <Tag>{t("tag.released")}</Tag>}
    </>
  );
}

interface OpenedProps {
  readonly client: string;
  readonly id: string;
  readonly encounters: readonly EncounterView[];
  readonly onClose: () => void;
}

function Opened({ client, id, encounters, onClose }: OpenedProps): ReactElement {
  const note = useNote(client, id);
  return (
    <Query query={note}>
      {(view) => <Body client={client} note={view} encounters={encounters} onClose={onClose} />}
    </Query>
  );
}

interface BodyProps extends Omit<OpenedProps, "id"> {
  readonly note: NoteView;
}

function Body({ client, note, encounters, onClose }: BodyProps): ReactElement {
  const { t } = useTranslation("notes");
  const [amending, setAmending] = useState(note.draft !== null);
  const newest = note.versions.at(-1);
  const earlier = note.versions.slice(0, -1).toReversed();
  return (
    <div className="hf-stack">
      {amending && note.own ? (
        <NoteEditor key={note.id} client={client} note={note} encounters={encounters} onClose={onClose} />
      ) : null}
      {newest === undefined ? null : (
        <>
          <Version note={note} version={newest} />
          {amending ? null : (
            <Steps client={client} note={note} version={newest} onAmend={() => setAmending(true)} />
          )}
        </>
      )}
      {earlier.length === 0 ? null : (
        <details>
          <summary>{t("history", { number: earlier.length })}</summary>
          <div className="hf-stack">
            {earlier.map((version) => (
              <Version key={version.version} note={note} version={version} />
            ))}
          </div>
        </details>
      )}
    </div>
  );
}

/** A version as it was signed. */
function Version({ note, version }: { readonly note: NoteView; readonly version: NoteVersion }): ReactElement {
  const { t } = useTranslation("notes");
  const { moment } = useClinicWords();
  return (
    <article className="hn-version" data-testid="note-version">
      <p className="hf-soft hf-small">
        {t("signedBy", { version: version.version, at: moment(version.signed_at), author: note.author })}
        {version.cosigned_at === null
          ? null
          : ` ${t("cosignedBy", { at: moment(version.cosigned_at), name: version.cosigned_by ?? "" })}`}
      </p>
      {version.reason === "" ? null : (
        <p className="hf-small">
          {t("because")} <bdi>{version.reason}</bdi>
        </p>
      )}
      <Sections template={note.template} content={version.content} />
    </article>
  );
}

interface StepsProps {
  readonly client: string;
  readonly note: NoteView;
  readonly version: NoteVersion;
  readonly onAmend: () => void;
}

/** What this reader may still do with a signed note. */
function Steps({ client, note, version, onAmend }: StepsProps): ReactElement {
  const { t } = useTranslation("notes");
  const { roles } = useActive();
  const write = useNoteWrite(client);
  const [asking, setAsking] = useState(false);
  const treats = roles.has("clinician") || roles.has("prescriber");
  const mayCosign =
    roles.has("supervisor") && version.wants_cosignature && version.cosigned_at === null;
  const step = (name: "cosignature" | "release"): void =>
    write.mutate(
      { method: "post", rest: `/notes/${note.id}/${name}`, body: { version: version.version } },
      { onSettled: () => setAsking(false) },
    );
  return (
    <>
      <div className="hf-buttons">
        {note.own ? (
          <Button size="xs" variant="default" onClick={onAmend}>{t("amend")}</Button>
        ) : null}
        {mayCosign ? (
          <Button size="xs" loading={write.isPending} onClick={() => step("cosignature")}>
            {t("cosign")}
          </Button>
        ) : null}
        {treats && version.released_at === null ? (
          <Button size="xs" variant="default" onClick={() => setAsking(true)}>{t("release")}</Button>
        ) : null}
      </div>
      {write.isError ? <ErrorState error={write.error} /> : null}
      <ConfirmDialog
        opened={asking}
        title={t("releaseTitle")}
        confirm={t("release")}
        busy={write.isPending}
        onConfirm={() => step("release")}
        onClose={() => setAsking(false)}
      >
        <p>{t("releaseText")}</p>
      </ConfirmDialog>
    </>
  );
}
