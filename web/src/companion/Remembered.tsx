import { Button, Checkbox, Switch } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { Panel } from "@/design";
import { useFormat } from "@/format";

import { forgetting } from "./remember";
import type { Memory } from "./store";

/** Codes of what somebody may want it for; the server's offers know the same. */
const GOALS = [
  "mood", "calm", "worry", "sleep", "energy", "thoughts", "problems", "self", "direction", "habit",
  "therapy", "staying_well",
] as const;

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
  const { allowed, finished, goals, past } = memory;
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
        onChange={(event) => change({ ...memory, allowed: event.currentTarget.checked })}
      />
      {allowed ? (
        <Checkbox.Group value={goals} onChange={(chosen) => change({ ...memory, goals: chosen })}>
          <fieldset className="hf-talk-goals" disabled={busy}>
            <legend>{t("memory.goals")}</legend>
            {GOALS.map((goal) => (
              <Checkbox key={goal} value={goal} label={t(`goal.${goal}`)} />
            ))}
          </fieldset>
        </Checkbox.Group>
      ) : null}
      {past.length > 0 ? <p className="hf-soft hf-small">{t("memory.offers", { count: past.length })}</p> : null}
      {names.length === 0 ? (
        <p className="hf-soft">{t("memory.none")}</p>
      ) : (
        <ul className="hf-plain-list">
          {names.map((name) => {
            const title = titles.get(name) ?? name;
            const day = finished[name] ?? "";
            const helped = past.findLast((each) => each.flow === name && each.helped !== null)?.helped;
            return (
              <li key={name} className="hf-row">
                <span>
                  {t("memory.finished", { title, day: format.day(day) })}
                  {helped ? ` · ${t(`helped.${helped}`)}` : ""}
                </span>
                <Button
                  size="compact-md"
                  variant="subtle"
                  disabled={busy}
                  aria-label={t("memory.forget-of", { title })}
                  onClick={() => change(forgetting(memory, name))}
                >
                  {t("memory.forget")}
                </Button>
              </li>
            );
          })}
        </ul>
      )}
      {names.length === 0 && past.length === 0 && goals.length === 0 ? null : (
        <div>
          <Button variant="default" disabled={busy} onClick={() => change({ allowed, finished: {}, goals: [], past: [] })}>
            {t("memory.forget-all")}
          </Button>
        </div>
      )}
    </Panel>
  );
}
