import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactElement, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { Loading, Notice, Query } from "@/design";

import { joined } from "./content";
import { Editor, type Writing } from "./Editor";
import { EntryList } from "./EntryList";
import { type Entry, entry, newItem, remove, type Unfinished } from "./journal";
import { type JournalView, useExchange, useJournal, usePlace } from "./useJournal";

const Transfer = lazy(() => import("./transfer/Transfer"));

/** All entries, newest first, and the page to write on. */
export function Entries(): ReactElement {
  const place = usePlace();
  const journal = useJournal(place);
  return <Query query={journal}>{(view) => <Shown view={view} />}</Query>;
}

function Shown({ view }: { view: JournalView }): ReactElement {
  const { t } = useTranslation(["vault", "journal"]);
  const place = usePlace();
  const client = useQueryClient();
  const exchange = useExchange(place, view.waiting);
  const [writing, setWriting] = useState<Writing | null>(null);
  const [transferring, setTransferring] = useState(false);
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
  if (transferring) {
    return (
      <Suspense fallback={<Loading />}>
        <Transfer
          place={place}
          onClose={() => {
            setTransferring(false);
            void changed();
          }}
        />
      </Suspense>
    );
  }
  const goOn = async ({ item, written }: Unfinished): Promise<void> =>
    setWriting({ item, entry: await entry(place, item), written });
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
          <p className="hf-entry-text">{draft.written.text.slice(0, 120)}</p>
          <Button variant="default" mt="sm" onClick={() => void goOn(draft)}>
            {t("draft.go-on")}
          </Button>
        </Notice>
      ))}
      <div className="hf-buttons">
        <Button onClick={() => setWriting({ item: newItem(), entry: null, written: { text: "" } })}>
          {t("write")}
        </Button>
        <Button variant="default" onClick={() => setTransferring(true)}>
          {t("journal:transfer.open")}
        </Button>
      </div>
      <EntryList
        place={place}
        view={view}
        onEdit={(given: Entry) =>
          setWriting({ item: given.item, entry: given, written: joined(given.heads) })
        }
        onRemove={async (given) => {
          await remove(place, given);
          await changed();
        }}
      />
    </>
  );
}
