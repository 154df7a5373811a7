import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import "./notes.css";
import { inLanguage, templateOf } from "./templates";

interface Props {
  readonly template: string;
  readonly content: Record<string, string>;
}

/** What a note says, section by section; empty ones are left out. */
export function Sections({ template, content }: Props): ReactElement {
  const { i18n } = useTranslation("notes");
  const known = templateOf(template)?.sections ?? [];
  return (
    <dl className="hn-sections">
      {known
        .filter((section) => (content[section.code] ?? "") !== "")
        .map((section) => (
          <div key={section.code}>
            <dt>{inLanguage(section.title, i18n.language)}</dt>
            <dd dir="auto">{content[section.code]}</dd>
          </div>
        ))}
    </dl>
  );
}
