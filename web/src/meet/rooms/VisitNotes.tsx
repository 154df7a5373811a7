import { Button, NativeSelect } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { v4 } from "uuid";

import { useNote, useNotes, useNoteWrite } from "@/clinician/notes/api";
import { NoteEditor } from "@/clinician/notes/NoteEditor";
import "@/clinician/notes/notes.css";
import { inLanguage, TEMPLATES } from "@/clinician/notes/templates";
import type { EncounterView } from "@/clinician/types";
import { ErrorState, Panel, Query } from "@/design";

import type { Place } from "./api";

interface Props {
  place: Place;
  name: string;
  startsAt: string;
}

/** The clinician's note of this visit, beside the picture and after it. The other side sees nothing. */
export default function VisitNotes({ place, name, startsAt }: Props): ReactElement {
  const { t } = useTranslation("rooms");
  const notes = useNotes(place.client);
  const [begun, setBegun] = useState<string | null>(null);
  const [closed, setClosed] = useState(false);
  const rows = notes.data?.pages.flatMap((page) => page.items) ?? [];
  const mine = rows.find((row) => row.own && row.encounter_id === place.encounter);
  const open = begun ?? (mine !== undefined && mine.version === 0 ? mine.id : null);
  return (
    <Panel title={t("notes.title")} testId="visit-notes">
      <p className="hf-soft hf-small">{t("notes.private", { name })}</p>
      {notes.isError ? <ErrorState error={notes.error} retry={() => void notes.refetch()} /> : null}
      {open !== null && !closed ? (
        <Editing place={place} note={open} startsAt={startsAt} onClose={() => setClosed(true)} />
      ) : null}
      {closed || (mine !== undefined && mine.version > 0 && begun === null) ? (
        <p role="status">{t(mine !== undefined && mine.version > 0 ? "notes.signed" : "notes.kept")}</p>
      ) : null}
      {open === null && mine === undefined && notes.data !== undefined ? (
        <Begin place={place} onBegun={setBegun} />
      ) : null}
    </Panel>
  );
}

interface EditingProps extends Omit<Props, "name"> {
  note: string;
  onClose: () => void;
}

function Editing({ place, note, startsAt, onClose }: EditingProps): ReactElement {
  const found = useNote(place.client, note);
  const meetings = [{ id: place.encounter, starts_at: startsAt, status: "finished" }] as EncounterView[];
  return (
    <Query query={found}>
      {(data) => <NoteEditor client={place.client} note={data} encounters={meetings} onClose={onClose} />}
    </Query>
  );
}

function Begin({ place, onBegun }: { place: Place; onBegun: (id: string) => void }): ReactElement {
  const { t, i18n } = useTranslation(["rooms", "notes"]);
  const write = useNoteWrite(place.client);
  const [template, setTemplate] = useState(TEMPLATES[0]?.code ?? "");
  const begin = (): void => {
    const id = v4();
    write.mutate(
      { method: "post", rest: "/notes", body: { id, template, encounter_id: place.encounter } },
      { onSuccess: () => onBegun(id) },
    );
  };
  return (
    <div className="hf-stack">
      <NativeSelect
        size="sm"
        label={t("notes:template")}
        value={template}
        onChange={(event) => setTemplate(event.currentTarget.value)}
        data={TEMPLATES.map((each) => ({ value: each.code, label: inLanguage(each.title, i18n.language) }))}
      />
      <div>
        <Button size="sm" variant="default" loading={write.isPending} onClick={begin}>
          {t("notes.begin")}
        </Button>
      </div>
      {write.isError ? <ErrorState error={write.error} /> : null}
    </div>
  );
}
