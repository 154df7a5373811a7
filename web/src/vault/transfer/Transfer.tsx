import { Button } from "@mantine/core";
import { type ReactElement, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { saveFile } from "@/app/saveFile";
import { useSubmit } from "@/auth/useSubmit";
import { Notice, Panel } from "@/design";

import type { Entry, Place } from "../journal";
import { VaultProblem } from "../VaultProblem";
import { asJson, entries, markdownZip, pictureOf } from "./exporting";
import { importAll, type Imported, NotWhole, sourcesOf } from "./importing";
import { PrintView } from "./PrintView";

interface Props {
  place: Place;
  onClose: () => void;
}

const today = (): string => new Date().toISOString().slice(0, 10);

/** Taking the journal along, and bringing one from elsewhere: all of it happens in this browser. */
export default function Transfer({ place, onClose }: Props): ReactElement {
  const { t } = useTranslation("journal");
  const [printing, setPrinting] = useState<Entry[] | null>(null);
  if (printing !== null) {
    return <PrintView place={place} entries={printing} onClose={() => setPrinting(null)} />;
  }
  return (
    <>
      <Export place={place} onPrint={setPrinting} />
      <Import place={place} />
      <div>
        <Button variant="default" onClick={onClose}>
          {t("transfer.back")}
        </Button>
      </div>
    </>
  );
}

function Export({ place, onPrint }: { place: Place; onPrint: (all: Entry[]) => void }): ReactElement {
  const { t } = useTranslation("journal");
  const submit = useSubmit();
  const [saved, setSaved] = useState("");
  const run = (work: (all: Entry[]) => Promise<void>): void => {
    setSaved("");
    void submit.run(async () => work(await entries(place)));
  };
  const markdown = async (all: Entry[]): Promise<void> => {
    const content = await markdownZip(all, pictureOf(place));
    saveFile(`journal-${today()}.zip`, "application/zip", new Uint8Array(content));
    setSaved(t("transfer.saved", { count: all.length }));
  };
  const json = async (all: Entry[]): Promise<void> => {
    const content = asJson(all, new Date().toISOString());
    saveFile(`journal-${today()}.json`, "application/json", content);
    setSaved(t("transfer.saved", { count: all.length }));
  };
  return (
    <Panel title={t("transfer.export")}>
      <p>{t("transfer.export-text")}</p>
      <VaultProblem error={submit.error} />
      <div className="hf-buttons">
        <Button variant="default" loading={submit.busy} onClick={() => run(markdown)}>
          {t("transfer.markdown")}
        </Button>
        <Button variant="default" loading={submit.busy} onClick={() => run(json)}>
          {t("transfer.json")}
        </Button>
        <Button
          variant="default"
          loading={submit.busy}
          onClick={() => run(async (all) => onPrint(all))}
        >
          {t("transfer.pdf")}
        </Button>
      </div>
      <p role="status" className="hf-soft hf-small" data-testid="saved">
        {saved}
      </p>
    </Panel>
  );
}

function Import({ place }: { place: Place }): ReactElement {
  const { t } = useTranslation("journal");
  const submit = useSubmit();
  const folder = useRef<HTMLInputElement>(null);
  const single = useRef<HTMLInputElement>(null);
  const [told, setTold] = useState<Imported | "not-whole" | null>(null);
  const take = (input: HTMLInputElement): void => {
    const files = [...(input.files ?? [])];
    input.value = "";
    setTold(null);
    void submit.run(async () => {
      try {
        setTold(await importAll(place, await sourcesOf(files)));
      } catch (error) {
        if (!(error instanceof NotWhole)) throw error;
        setTold("not-whole");
      }
    });
  };
  return (
    <Panel title={t("transfer.import")}>
      <p>{t("transfer.import-text")}</p>
      <VaultProblem error={submit.error} />
      <input
        ref={folder}
        type="file"
        // Not in React's list of attributes; every browser on a desk knows it.
        {...{ webkitdirectory: "" }}
        hidden
        aria-label={t("transfer.folder")}
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={single}
        type="file"
        accept=".md,.markdown,.txt,.zip"
        multiple
        hidden
        data-testid="import-files"
        aria-label={t("transfer.files")}
        onChange={(event) => take(event.currentTarget)}
      />
      <div className="hf-buttons">
        <Button
          variant="default"
          loading={submit.busy}
          onClick={() => folder.current?.click()}
        >
          {t("transfer.folder")}
        </Button>
        <Button
          variant="default"
          loading={submit.busy}
          onClick={() => single.current?.click()}
        >
          {t("transfer.files")}
        </Button>
      </div>
      <div role="status" data-testid="imported">
        {told === "not-whole" ? <Notice tone="attention" title={t("transfer.not-whole")} /> : null}
        {told === null || told === "not-whole" ? null : (
          <>
            <p>{t("transfer.added", { count: told.added })}</p>
            {told.known > 0 ? <p>{t("transfer.known", { count: told.known })}</p> : null}
            {told.empty > 0 ? <p>{t("transfer.empty", { count: told.empty })}</p> : null}
          </>
        )}
      </div>
    </Panel>
  );
}
