import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { EmptyState, Notice, Query } from "@/design";

import { Editor, type Writing } from "./Editor";
import { EntryCard } from "./EntryCard";
import { type Entry, newItem, remove, type Unfinished } from "./journal";
import { type JournalView, useExchange, useJournal, usePlace } from "./useJournal";

/** All entries, newest first, and the page to write on. */
export function Entries(): ReactElement {
  const place = usePlace();
  const journal = useJournal(place);
  return <Query query={journal}>{(view) => <Shown view={view} />}</Query>;
}

function Shown({ view }: { view: JournalView }): ReactElement {
  const { t } = useTranslation("vault");
  const place = usePlace();
  const client = useQueryClient();
  const exchange = useExchange(place, view.waiting);
  const [writing, setWriting] = useState<Writing | null>(null);
  const changed = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: ["journal"] });
    exchange();
  };
  if (writing !== null) {
    return (
      <Editor
        place={place}
        writing={writing}
        onClose={() => {
          setWriting(null);
          void changed();
        }}
      />
    );
  }
  const goOn = (draft: Unfinished): void => {
    const entry = view.entries.find((each) => each.item === draft.item) ?? null;
    setWriting({ item: draft.item, entry, text: draft.text });
  };
  const edit = (entry: Entry): void => {
    const text = entry.heads.map((head) => head.text).join("\n\n");
    setWriting({ item: entry.item, entry, text });
  };
  return (
    <>
      {view.rolledBack ? (
        <Notice tone="attention" title={t("rolled-back.title")} testId="rolled-back">
          <p>{t("rolled-back.text")}</p>
        </Notice>
      ) : null}
      {view.waiting > 0 ? (
        <p role="status" data-testid="waiting">
          {t("waiting", { count: view.waiting })}
        </p>
      ) : null}
      {view.drafts.map((draft) => (
        <Notice key={draft.item} tone="clay" title={t("draft.title")} testId="draft">
          <p className="hf-entry-text">{draft.text.slice(0, 120)}</p>
          <Button variant="default" mt="sm" onClick={() => goOn(draft)}>
            {t("draft.go-on")}
          </Button>
        </Notice>
      ))}
      <div>
        <Button onClick={() => setWriting({ item: newItem(), entry: null, text: "" })}>
          {t("write")}
        </Button>
      </div>
      {view.entries.length === 0 ? (
        <EmptyState title={t("none")} />
      ) : (
        <ul className="hf-plain-list">
          {view.entries.map((entry) => (
            <EntryCard
              key={entry.item}
              entry={entry}
              onEdit={() => edit(entry)}
              onRemove={async () => {
                await remove(place, entry);
                await changed();
              }}
            />
          ))}
        </ul>
      )}
    </>
  );
}
