import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog, Notice } from "@/design";
import { useFormat } from "@/format";

import type { Entry, EntryVersion, Place } from "./journal";
import { MoodLine } from "./Mood";
import { Picture } from "./Picture";
import { isPrompt } from "./prompts";
import { ShareButton, SharedWith } from "./sharing/ShareButton";
import type { Row } from "./summary";
import { useEntry } from "./useJournal";

interface Props {
  place: Place;
  row: Row;
  onEdit: (entry: Entry) => void;
  onRemove: (entry: Entry) => Promise<void>;
  onTag: (tag: string) => void;
}

/** One entry in the list; its words are opened when it is on the screen. */
export function EntryCard({ row, ...rest }: Props): ReactElement {
  const { t } = useTranslation("vault");
  const format = useFormat();
  const opened = useEntry(rest.place, row);
  const day = row.begunAt === "" ? t("no-day") : format.date(row.begunAt);
  return (
    <li className="hf-panel" data-testid="entry">
      <h2>{day}</h2>
      {opened.data === undefined || opened.data === null ? (
        <p className="hf-soft">{t("common:loading")}</p>
      ) : (
        <Opened entry={opened.data} day={day} tags={row.tags} {...rest} />
      )}
    </li>
  );
}

interface OpenedProps extends Omit<Props, "row"> {
  entry: Entry;
  day: string;
  tags: readonly string[];
}

/** Its earlier versions, too, and both versions where two devices changed it at once. */
function Opened({ place, entry, day, tags, onEdit, onRemove, onTag }: OpenedProps): ReactElement {
  const { t } = useTranslation(["vault", "journal"]);
  const [asking, setAsking] = useState(false);
  const conflict = entry.heads.length > 1;
  const damaged = entry.heads.some((head) => head.code !== null);
  return (
    <>
      {conflict ? <Notice tone="attention" title={t("conflict")} testId="conflict" /> : null}
      {entry.heads.map((head) => (
        <Words key={head.hash} place={place} version={head} dated={conflict} day={day} />
      ))}
      {tags.length === 0 ? null : (
        <ul className="hf-tags" aria-label={t("journal:tags")}>
          {tags.map((tag) => (
            <li key={tag}>
              <Button
                size="compact-sm"
                variant="light"
                onClick={() => onTag(tag)}
                aria-label={t("journal:show-tag", { tag })}
              >
                <bdi>{tag}</bdi>
              </Button>
            </li>
          ))}
        </ul>
      )}
      <SharedWith item={entry.item} />
      {entry.heads.some((head) => !head.sent) ? (
        <p className="hf-soft hf-small">{t("only-here")}</p>
      ) : null}
      {entry.earlier.length > 0 ? (
        <details>
          <summary>{t("earlier", { count: entry.earlier.length })}</summary>
          {entry.earlier.map((version) => (
            <Words key={version.hash} place={place} version={version} dated day={day} />
          ))}
        </details>
      ) : null}
      <div className="hf-buttons">
        {damaged ? null : (
          <Button
            variant="default"
            onClick={() => onEdit(entry)}
            aria-label={t("edit-entry", { day })}
          >
            {conflict ? t("join") : t("edit")}
          </Button>
        )}
        <ShareButton entry={entry} />
        <Button
          variant="subtle"
          onClick={() => setAsking(true)}
          aria-label={t("remove-entry", { day })}
        >
          {t("common:remove")}
        </Button>
      </div>
      <ConfirmDialog
        opened={asking}
        title={t("remove-title")}
        confirm={t("common:remove")}
        onConfirm={() => {
          setAsking(false);
          void onRemove(entry);
        }}
        onClose={() => setAsking(false)}
      >
        <p>{t("remove-text")}</p>
      </ConfirmDialog>
    </>
  );
}

interface WordsProps {
  place: Place;
  version: EntryVersion;
  dated: boolean;
  day: string;
  onPaper?: boolean;
  /** Where a reader fetches a picture's ciphertext; the owner's own path otherwise. */
  filePath?: (file: string) => string;
}

/** What one version says, with mood and pictures. */
export function Words(props: WordsProps): ReactElement {
  const { place, version, dated, day, onPaper = false, filePath } = props;
  const { t } = useTranslation(["vault", "journal", "prompts"]);
  const format = useFormat();
  if (version.code !== null) {
    return <Notice tone="attention" title={t("errors.item-damaged")} testId="damaged" />;
  }
  return (
    <>
      {dated ? <p className="hf-soft hf-small">{format.dateTime(version.writtenAt)}</p> : null}
      {isPrompt(version.prompt) ? (
        <p className="hf-soft hf-entry-prompt">{t(`prompts:${version.prompt}`)}</p>
      ) : null}
      {version.text === "" ? null : <p className="hf-entry-text">{version.text}</p>}
      {version.photos.length === 0 ? null : (
        <ul className="hf-photos">
          {version.photos.map((photo, at) => (
            <li key={photo.file}>
              <Picture
                place={place}
                photo={photo}
                {...(filePath === undefined ? {} : { path: filePath(photo.file) })}
                label={t("journal:photo.of", { number: at + 1, day })}
                eager={onPaper}
              />
            </li>
          ))}
        </ul>
      )}
      {version.mood === undefined ? null : (
        <p className="hf-soft hf-small">
          <MoodLine mood={version.mood} />
        </p>
      )}
    </>
  );
}
