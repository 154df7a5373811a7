import { Button, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { v4 } from "uuid";

import type { Line } from "./call";
import { LONGEST_TEXT } from "./wire";

interface Props {
  lines: readonly Line[];
  name: string;
  /** False where it could not be said now. */
  write: (id: string, text: string) => boolean;
}

/** Words beside the picture, or in its place: straight to the other device, and kept nowhere. */
export function Writing({ lines, name, write }: Props): ReactElement {
  const { t } = useTranslation("rooms");
  const [text, setText] = useState("");
  const [failed, setFailed] = useState(false);
  return (
    <section className="hv-writing" aria-label={t("text.title")}>
      <p className="hf-soft hf-small">{t("text.kept")}</p>
      <ol className="hf-plain-list hv-lines" aria-live="polite" data-testid="lines">
        {lines.map((line) => (
          <li key={line.id} data-mine={line.mine}>
            <span className="hf-soft hf-small">{line.mine ? t("text.you") : name}</span>
            <p dir="auto">{line.text}</p>
          </li>
        ))}
      </ol>
      <form
        className="hv-write"
        onSubmit={(event) => {
          event.preventDefault();
          const said = text.trim();
          if (said === "") return;
          const done = write(v4(), said);
          setFailed(!done);
          if (done) setText("");
        }}
      >
        <TextInput
          aria-label={t("text.label", { name })}
          placeholder={t("text.label", { name })}
          value={text}
          maxLength={LONGEST_TEXT}
          dir="auto"
          error={failed ? t("text.failed", { name }) : null}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit">{t("text.send")}</Button>
      </form>
    </section>
  );
}
