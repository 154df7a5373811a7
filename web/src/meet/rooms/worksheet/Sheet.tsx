import { Button, Textarea } from "@mantine/core";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog, Notice } from "@/design";

import { tie } from "./area";
import type { Field, Form } from "./document";
import type { Session, View } from "./session";

interface Props {
  session: Session;
  view: View;
  form: Form;
  /** The other side. */
  name: string;
}

/** The page that both fill in. */
export function Sheet({ session, view, form, name }: Props): ReactElement {
  const { t } = useTranslation("worksheet");
  const there = form.fields.find((field) => field.name === view.other);
  return (
    <>
      <div className="hf-row">
        <h3 className="hv-sheet-title" dir="auto" lang={form.language}>
          {form.title}
        </h3>
        <Away session={session} />
      </div>
      <p role="status" className="hf-soft hf-small hv-there" data-testid="worksheet-there">
        {there === undefined ? null : t("there", { name, field: there.title })}
      </p>
      {view.refused ? (
        <Notice live tone="attention">
          <p>{t("refused", { name })}</p>
        </Notice>
      ) : null}
      <div className="hv-fields">
        {form.fields.map((field) => (
          <Entry
            key={`${form.id}/${field.name}`}
            field={field}
            session={session}
            language={form.language}
            large={form.fields.length === 1}
            here={field.name === view.other ? t("here", { name }) : null}
          />
        ))}
      </div>
      <p role="status" className="hf-small">{view.full ? t("full") : null}</p>
    </>
  );
}

interface EntryProps {
  field: Field;
  session: Session;
  language: string;
  large: boolean;
  /** That the other side is in it, where they are; said aloud once, above. */
  here: string | null;
}

function Entry({ field, session, language, large, here }: EntryProps): ReactElement {
  const area = useRef<HTMLTextAreaElement>(null);
  const { name } = field;
  useEffect(() => (area.current === null ? undefined : tie(area.current, name, session)), [session, name]);
  return (
    <div className="hv-field" data-here={here !== null}>
      <Textarea
        ref={area}
        label={<span lang={language} dir="auto">{field.title}</span>}
        description={field.hint === "" ? null : <span lang={language} dir="auto">{field.hint}</span>}
        dir="auto"
        rows={large ? 10 : 2}
      />
      {here === null ? null : <p className="hf-small hv-here" aria-hidden>{here}</p>}
    </div>
  );
}

function Away({ session }: { session: Session }): ReactElement {
  const { t } = useTranslation("worksheet");
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button size="compact-md" variant="subtle" onClick={() => setAsking(true)}>
        {t("away.do")}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t("away.title")}
        confirm={t("away.yes")}
        onConfirm={() => {
          setAsking(false);
          session.sheet.putAway();
        }}
        onClose={() => setAsking(false)}
      >
        <p>{t("away.text")}</p>
      </ConfirmDialog>
    </>
  );
}
