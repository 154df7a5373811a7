import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { api, clientPath } from "@/api/client";
import { useOwnRecord } from "@/api/session";
import type { Schemas } from "@/api/types";
import { Sections } from "@/clinician/notes/Sections";
import { EmptyState, ErrorState, Notice, Panel, Query } from "@/design";
import { useFormat } from "@/format";

type Page = Schemas["NotesAboutMe"];
type Note = Schemas["NoteAboutMe"];

/** Which notes the care team keeps about the person, and those that were released to them. */
export default function Notes(): ReactElement {
  const { t } = useTranslation("notes");
  const { practiceId, clientId } = useOwnRecord();
  const path = clientPath(practiceId, clientId, "/notes-about-me");
  const notes = useQuery({
    queryKey: ["notes-about-me", practiceId, clientId],
    queryFn: () => api.get<Page>(path),
  });
  return (
    <Query query={notes}>
      {(page) => (
        <>
          <Ask page={page} path={path} />
          {page.items.length === 0 ? <EmptyState title={t("mine.none")} /> : null}
          {page.items.map((note) => (
            <AboutMe key={note.id} note={note} />
          ))}
        </>
      )}
    </Query>
  );
}

function Ask({ page, path }: { page: Page; path: string }): ReactElement {
  const { t } = useTranslation("notes");
  const format = useFormat();
  const cache = useQueryClient();
  const ask = useMutation({
    mutationFn: () => api.post(`${path}/request`),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["notes-about-me"] }),
  });
  if (page.asked_at !== null && page.answered_at === null) {
    return (
      <Notice title={t("mine.waiting", { at: format.dateTime(page.asked_at) })} testId="notes-waiting">
        <p>{t("mine.waitingText")}</p>
      </Notice>
    );
  }
  return (
    <>
      <div>
        <Button variant="default" loading={ask.isPending} onClick={() => ask.mutate()}>
          {t("mine.ask")}
        </Button>
      </div>
      {ask.isError ? <ErrorState error={ask.error} /> : null}
    </>
  );
}

function AboutMe({ note }: { note: Note }): ReactElement {
  const { t } = useTranslation("notes");
  const format = useFormat();
  return (
    <Panel title={t("mine.of", { at: format.date(note.signed_at), author: note.author })} testId="note-about-me">
      {note.content === null ? (
        <p className="hf-soft">{t("mine.shut")}</p>
      ) : (
        <Sections template={note.template} content={note.content} />
      )}
    </Panel>
  );
}
