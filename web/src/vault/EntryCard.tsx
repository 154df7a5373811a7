import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog, Notice } from "@/design";
import { useFormat } from "@/format";

import type { Entry, EntryVersion } from "./journal";

interface Props {
  entry: Entry;
  onEdit: () => void;
  onRemove: () => Promise<void>;
}

/** One entry, its earlier versions, and both versions where two devices changed it at once. */
export function EntryCard({ entry, onEdit, onRemove }: Props): ReactElement {
  const { t } = useTranslation("vault");
  const format = useFormat();
  const [asking, setAsking] = useState(false);
  const conflict = entry.heads.length > 1;
  const damaged = entry.heads.some((head) => head.code !== null);
  const day = entry.begunAt === "" ? t("no-day") : format.date(entry.begunAt);
  return (
    <li className="hf-panel" data-testid="entry">
      <h2>{day}</h2>
      {conflict ? <Notice tone="attention" title={t("conflict")} testId="conflict" /> : null}
      {entry.heads.map((head) => (
        <Words key={head.hash} version={head} dated={conflict} />
      ))}
      {entry.heads.some((head) => !head.sent) ? (
        <p className="hf-soft hf-small">{t("only-here")}</p>
      ) : null}
      {entry.earlier.length > 0 ? (
        <details>
          <summary>{t("earlier", { count: entry.earlier.length })}</summary>
          {entry.earlier.map((version) => (
            <Words key={version.hash} version={version} dated />
          ))}
        </details>
      ) : null}
      <div className="hf-buttons">
        {damaged ? null : (
          <Button variant="default" onClick={onEdit} aria-label={t("edit-entry", { day })}>
            {conflict ? t("join") : t("edit")}
          </Button>
        )}
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
          void onRemove();
        }}
        onClose={() => setAsking(false)}
      >
        <p>{t("remove-text")}</p>
      </ConfirmDialog>
    </li>
  );
}

function Words({ version, dated }: { version: EntryVersion; dated: boolean }): ReactElement {
  const { t } = useTranslation("vault");
  const format = useFormat();
  if (version.code !== null) {
    return <Notice tone="attention" title={t("errors.item-damaged")} testId="damaged" />;
  }
  return (
    <>
      {dated ? <p className="hf-soft hf-small">{format.dateTime(version.writtenAt)}</p> : null}
      <p className="hf-entry-text">{version.text}</p>
    </>
  );
}
