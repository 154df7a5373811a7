import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/format";

import { Words } from "../EntryCard";
import type { Entry, Place } from "../journal";
import "./print.css";

interface Props {
  place: Place;
  entries: readonly Entry[];
  onClose: () => void;
}

/**
 * The journal as it goes onto paper or into a PDF, oldest first. The browser itself makes the PDF: it
 * shapes every script and sets each paragraph in its own direction, which no PDF library does.
 */
export function PrintView({ place, entries, onClose }: Props): ReactElement {
  const { t } = useTranslation(["journal", "vault"]);
  const format = useFormat();
  const oldestFirst = entries.toReversed();
  return (
    <article className="hf-print" data-testid="print-view">
      <div className="hf-buttons hf-no-print">
        <Button onClick={() => window.print()}>{t("transfer.print")}</Button>
        <Button variant="default" onClick={onClose}>
          {t("transfer.back")}
        </Button>
      </div>
      <p className="hf-soft hf-small hf-no-print">{t("transfer.print-hint")}</p>
      {oldestFirst.map((entry) => {
        const day = entry.begunAt === "" ? t("vault:no-day") : format.dateTime(entry.begunAt);
        const tags = [...new Set(entry.heads.flatMap((head) => head.tags))];
        return (
          <section key={entry.item}>
            <h2>{day}</h2>
            {entry.heads.map((head) => (
              <Words
                key={head.hash}
                place={place}
                version={head}
                dated={entry.heads.length > 1}
                day={day}
                onPaper
              />
            ))}
            {tags.length === 0 ? null : (
              <p className="hf-soft hf-small" dir="auto">
                {tags.map((tag) => `#${tag}`).join("  ")}
              </p>
            )}
          </section>
        );
      })}
    </article>
  );
}
