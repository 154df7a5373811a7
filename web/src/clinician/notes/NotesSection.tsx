import { Button, NativeSelect } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { v4 } from "uuid";

import { ApiError } from "@/api/problems";
import { useActive } from "@/api/session";
import { ErrorState, Loading, Notice } from "@/design";

import { useClinicWords } from "../language";
import { Section } from "../Section";
import type { EncounterView } from "../types";
import { useNotes, useNoteWrite } from "./api";
import { NoteCard } from "./NoteCard";
import "./notes.css";
import { OwnNotes } from "./OwnNotes";
import { inLanguage, TEMPLATES } from "./templates";

interface Props {
  readonly client: string;
  readonly name: string;
  readonly encounters: readonly EncounterView[];
}

/** The care team's notes about a person, and beside them what the reader alone can open. */
export default function NotesSection({ client, name, encounters }: Props): ReactElement {
  const { t } = useTranslation("notes");
  const notes = useNotes(client);
  const { roles } = useActive();
  const treats = roles.has("clinician") || roles.has("prescriber");
  const outside = notes.error instanceof ApiError && notes.error.code === "not-permitted";
  return (
    <Section id="notes" title={t("title")}>
      {outside ? <p className="hf-soft">{t("notYours")}</p> : null}
      {notes.isError && !outside ? (
        <ErrorState error={notes.error} retry={() => void notes.refetch()} />
      ) : null}
      {notes.isPending ? <Loading /> : null}
      {notes.data === undefined ? null : (
        <>
          {treats ? <p className="hf-soft">{t("readBy")}</p> : null}
          <TeamNotes client={client} name={name} encounters={encounters} notes={notes} />
          {treats ? <OwnNotes client={client} /> : null}
        </>
      )}
    </Section>
  );
}

interface TeamProps extends Props {
  readonly notes: ReturnType<typeof useNotes>;
}

function TeamNotes({ client, name, encounters, notes }: TeamProps): ReactElement {
  const { t } = useTranslation("notes");
  const { roles } = useActive();
  const [open, setOpen] = useState<string | null>(null);
  const pages = notes.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.items);
  const treats = roles.has("clinician") || roles.has("prescriber");
  return (
    <>
      <Asked client={client} name={name} at={pages[0]?.asked_at ?? null} treats={treats} />
      {treats ? <Begin client={client} onBegun={setOpen} /> : null}
      {rows.length === 0 ? <p className="hf-soft">{t("none")}</p> : null}
      <ol className="hf-plain-list" aria-label={t("list")}>
        {rows.map((row) => (
          <NoteCard
            key={row.id}
            client={client}
            row={row}
            encounters={encounters}
            open={open === row.id}
            onToggle={(opened) => setOpen(opened ? row.id : null)}
          />
        ))}
      </ol>
      {notes.hasNextPage ? (
        <div>
          <Button size="xs" variant="default" onClick={() => void notes.fetchNextPage()}>
            {t("more")}
          </Button>
        </div>
      ) : null}
    </>
  );
}

interface AskedProps {
  readonly client: string;
  readonly name: string;
  readonly at: string | null;
  readonly treats: boolean;
}

/** The person would like to read their notes. */
function Asked({ client, name, at, treats }: AskedProps): ReactElement | null {
  const { t } = useTranslation("notes");
  const { moment } = useClinicWords();
  const write = useNoteWrite(client);
  if (at === null) return null;
  return (
    <Notice tone="attention" title={t("asked.title", { name, at: moment(at) })} testId="notes-asked">
      <p>{t("asked.text")}</p>
      {treats ? (
        <Button
          size="sm"
          variant="default"
          loading={write.isPending}
          onClick={() => write.mutate({ method: "post", rest: "/notes-about-me/answer" })}
        >
          {t("asked.done")}
        </Button>
      ) : null}
      {write.isError ? <ErrorState error={write.error} /> : null}
    </Notice>
  );
}

function Begin({ client, onBegun }: { readonly client: string; readonly onBegun: (id: string) => void }): ReactElement {
  const { t, i18n } = useTranslation("notes");
  const write = useNoteWrite(client);
  const [template, setTemplate] = useState(TEMPLATES[0]?.code ?? "");
  const begin = (): void => {
    const id = v4();
    write.mutate(
      { method: "post", rest: "/notes", body: { id, template } },
      { onSuccess: () => onBegun(id) },
    );
  };
  return (
    <>
      <div className="hc-toolbar">
        <NativeSelect
          size="sm"
          label={t("template")}
          value={template}
          onChange={(event) => setTemplate(event.currentTarget.value)}
          data={TEMPLATES.map((each) => ({ value: each.code, label: inLanguage(each.title, i18n.language) }))}
        />
        <Button size="sm" variant="default" loading={write.isPending} onClick={begin}>
          {t("begin")}
        </Button>
      </div>
      {write.isError ? <ErrorState error={write.error} /> : null}
    </>
  );
}
