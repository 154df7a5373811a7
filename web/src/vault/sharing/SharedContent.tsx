import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/format";

import "../vault.css";
import "./sharing.css";

/** What of an entry goes to a reader. */
export interface Shown {
  what: "entry" | "excerpt" | "summary";
  text: string;
  begunAt: string;
}

interface Props {
  shown: Shown;
  /** A whole entry as the journal shows it, with what stands beside its words. */
  children?: ReactNode;
}

/** One shared text as its reader sees it. The preview and the reader's page show this very thing. */
export function SharedContent({ shown, children }: Props): ReactElement {
  const { t } = useTranslation("sharing");
  const format = useFormat();
  const day = shown.begunAt === "" ? "" : format.date(shown.begunAt);
  return (
    <blockquote className="hf-shared" data-testid="shared-content">
      <p className="hf-soft hf-small">{t(`kind.${shown.what}`, { day })}</p>
      {children ?? <p className="hf-entry-text">{shown.text}</p>}
    </blockquote>
  );
}
