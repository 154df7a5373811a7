import { Button, Switch } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { Panel } from "@/design";
import { useFormat } from "@/format";

import type { Memory } from "./store";

interface Props {
  memory: Memory;
  /** Titles of what can be done, by their names. */
  titles: ReadonlyMap<string, string>;
  onChange: (memory: Omit<Memory, "written_at">) => Promise<void>;
}

/** All that it remembers, in one place; nothing before the person says so. */
export function Remembered({ memory, titles, onChange }: Props): ReactElement {
  const { t } = useTranslation("companion");
  const format = useFormat();
  const [busy, setBusy] = useState(false);
  const { allowed, finished } = memory;
  const change = (changed: Omit<Memory, "written_at">): void => {
    setBusy(true);
    void onChange(changed).finally(() => setBusy(false));
  };
  const names = Object.keys(finished).toSorted();
  return (
    <Panel title={t("memory.title")} testId="memory">
      <p>{t("memory.text")}</p>
      <Switch
        label={t("memory.allow")}
        checked={allowed}
        disabled={busy}
        onChange={(event) => change({ allowed: event.currentTarget.checked, finished })}
      />
      {names.length === 0 ? (
        <p className="hf-soft">{t("memory.none")}</p>
      ) : (
        <ul className="hf-plain-list">
          {names.map((name) => {
            const title = titles.get(name) ?? name;
            const { [name]: day = "", ...rest } = finished;
            return (
              <li key={name} className="hf-row">
                <span>{t("memory.finished", { title, day: format.day(day) })}</span>
                <Button
                  size="compact-md"
                  variant="subtle"
                  disabled={busy}
                  aria-label={t("memory.forget-of", { title })}
                  onClick={() => change({ allowed, finished: rest })}
                >
                  {t("memory.forget")}
                </Button>
              </li>
            );
          })}
        </ul>
      )}
      {names.length === 0 ? null : (
        <div>
          <Button variant="default" disabled={busy} onClick={() => change({ allowed, finished: {} })}>
            {t("memory.forget-all")}
          </Button>
        </div>
      )}
    </Panel>
  );
}
