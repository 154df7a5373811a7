import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { Notice, Panel, Query } from "@/design";
import { LANGUAGE_NAMES } from "@/i18n";
import type { Own } from "@/person/data";

import { pdfAddress, type Sheet, useSheet } from "./data";
import { DayLegend, DayStrip } from "./DayStrip";
import "./assessment.css";

interface Props {
  own: Own;
  assessment: string;
  /** Kept on the device, for reading without network. */
  keep: boolean;
}

/** The doctor's report, as the PDF has it, and the PDF. */
export function SheetView({ own, assessment, keep }: Props): ReactElement {
  const { i18n } = useTranslation("assessment");
  const sheet = useSheet(own, assessment, i18n.language, keep);
  return (
    <>
      <Downloads own={own} assessment={assessment} />
      <Query query={sheet}>{(data) => <SheetBody sheet={data} />}</Query>
    </>
  );
}

function Downloads({ own, assessment }: Omit<Props, "keep">): ReactElement {
  const { t, i18n } = useTranslation("assessment");
  const languages = Object.entries(LANGUAGE_NAMES).sort(
    ([a], [b]) => Number(b === i18n.language) - Number(a === i18n.language),
  );
  return (
    <div className="hf-buttons">
      {languages.map(([language, name]) => (
        <Button
          key={language}
          component="a"
          href={pdfAddress(own, assessment, language)}
          download
          variant={language === i18n.language ? "filled" : "default"}
          leftSection={<IconDownload size={18} aria-hidden />}
          data-testid={`pdf-${language}`}
          aria-label={t("pdf-in", { language: name })}
        >
          {language === i18n.language ? t("pdf") : name}
        </Button>
      ))}
    </div>
  );
}

type Row = Sheet["apart"]["rows"][number];

const reportedOf = (row: Row): number => row.course.filter((day) => day === "reported").length;
const answeredOf = (row: Row): number =>
  row.course.filter((day) => day === "reported" || day === "below").length;

function SheetBody({ sheet }: { sheet: Sheet }): ReactElement {
  return (
    <div lang={sheet.language} dir={sheet.direction} className="hf-stack">
      <Panel>
        <dl className="hf-facts">
          {sheet.facts.map((fact) => (
            <div key={fact.label}>
              <dt>{fact.label}</dt>
              <dd>{fact.value}</dd>
            </div>
          ))}
        </dl>
        {sheet.running === "" ? null : <p>{sheet.running}</p>}
      </Panel>
      <Notice title={sheet.statement.title} testId="screening">
        {sheet.statement.before.map((text) => (
          <p key={text}>{text}</p>
        ))}
      </Notice>
      <Panel title={sheet.features_title}>
        {sheet.features.map((group) => (
          <Features key={group.title} sheet={sheet} group={group} />
        ))}
        <Features sheet={sheet} group={sheet.apart} />
        <DayLegend />
      </Panel>
      <Panel title={sheet.background_title}>
        <dl className="hf-facts">
          {sheet.background.map((fact) => (
            <div key={fact.label}>
              <dt>{fact.label}</dt>
              <dd>{fact.value}</dd>
            </div>
          ))}
        </dl>
      </Panel>
      <Part part={sheet.requirement} />
      <Part part={sheet.next_step}>
        <p>
          <strong>{sheet.contact}</strong>
        </p>
      </Part>
      <div className="hf-soft hf-small">
        <Words part={sheet.counted} />
        {sheet.draft_note === "" ? null : <p>{sheet.draft_note}</p>}
      </div>
    </div>
  );
}

function Features({ sheet, group }: { sheet: Sheet; group: Sheet["apart"] }): ReactElement {
  const { columns } = sheet;
  return (
    <section aria-label={group.title}>
      <h3 className="hf-sheet-group">{group.title}</h3>
      <ul className="hf-plain-list">
        {group.rows.map((row) => (
          <li key={row.id} className="hf-feature">
            <div>
              {row.name}
              {row.note === "" ? null : <span className="hf-sheet-note">{row.note}</span>}
            </div>
            <span className="hf-sheet-count">
              <span className="hf-soft">{columns.days}</span> <strong>{row.days}</strong>
              {row.most === "" ? null : (
                <span className="hf-sheet-note">
                  {columns.most}: {row.most}
                </span>
              )}
            </span>
            <DayStrip days={row.course} reported={reportedOf(row)} answered={answeredOf(row)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

type SheetPart = Sheet["requirement"];

function Part({ part, children }: { part: SheetPart; children?: ReactElement }): ReactElement {
  return (
    <Panel title={part.title}>
      <Words part={part} />
      {children}
    </Panel>
  );
}

function Words({ part }: { part: SheetPart }): ReactElement {
  return (
    <>
      {part.before.map((text) => (
        <p key={text}>{text}</p>
      ))}
      {part.points.length === 0 ? null : (
        <ul>
          {part.points.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {part.after.map((text) => (
        <p key={text} className="hf-soft">
          {text}
        </p>
      ))}
    </>
  );
}
