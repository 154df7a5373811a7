import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSubmit } from "@/auth/useSubmit";
import { ConfirmDialog, Panel } from "@/design";
import { useFormat } from "@/format";
import type { Place } from "@/vault/opening";
import { VaultProblem } from "@/vault/VaultProblem";

import type { PlanContent } from "./content";
import { exchangePlan, fetchReaders, type PlanReader, savePlan } from "./sealed";

interface Props {
  readonly place: Place;
  readonly content: PlanContent;
}

/** Who reads the plan, and since when; sharing is one tap, stopping two. */
export function Readers({ place, content }: Props): ReactElement {
  const { t } = useTranslation("plan");
  const client = useQueryClient();
  const submit = useSubmit();
  const [asking, setAsking] = useState(false);
  const key = ["plan-readers", place.user, place.client];
  const readers = useQuery({ queryKey: key, queryFn: () => fetchReaders(place) });
  const listed = (readers.data ?? []).filter(({ why, holds }) => why !== null || holds);
  const set = (shared: boolean, again: readonly string[]): void =>
    void submit.run(async () => {
      if (shared !== content.shared) {
        await savePlan(place, { ...content, shared, written_at: new Date().toISOString() });
      }
      const done = await exchangePlan(place, new Set(again));
      await client.invalidateQueries({ queryKey: ["plan"] });
      if (done) await client.invalidateQueries({ queryKey: key });
      setAsking(false);
    });
  const everybody = listed.map(({ id }) => id);
  return (
    <Panel title={t(content.shared ? "readers.shared" : "readers.mine")} testId="plan-readers">
      <p>{t(content.shared ? "readers.shared-text" : "readers.mine-text")}</p>
      {readers.isError ? <p className="hf-soft">{t("readers.offline")}</p> : null}
      <ul className="hf-plain-list">
        {listed.map((reader) => (
          <li key={reader.id} className="hf-row">
            <Reader reader={reader} shared={content.shared} />
            {content.shared && reader.declined && reader.why !== null ? (
              <Button variant="subtle" loading={submit.busy} onClick={() => set(true, [reader.id])}>
                {t("readers.again", { name: reader.name })}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      <VaultProblem error={submit.error} />
      <div>
        {content.shared ? (
          <Button variant="default" onClick={() => setAsking(true)}>
            {t("readers.stop")}
          </Button>
        ) : (
          <Button loading={submit.busy} onClick={() => set(true, everybody)}>
            {t("readers.share")}
          </Button>
        )}
      </div>
      <ConfirmDialog
        opened={asking}
        title={t("readers.stop")}
        confirm={t("readers.stop-confirm")}
        busy={submit.busy}
        onConfirm={() => set(false, [])}
        onClose={() => setAsking(false)}
      >
        <p>{t("readers.stop-text")}</p>
      </ConfirmDialog>
    </Panel>
  );
}

function Reader({ reader, shared }: { readonly reader: PlanReader; readonly shared: boolean }): ReactElement {
  const { t } = useTranslation("plan");
  const format = useFormat();
  const state = (): string => {
    if (reader.holds && reader.opened_at !== null) {
      return t("readers.opened", { at: format.dateTime(reader.opened_at) });
    }
    if (reader.holds) return t("readers.holds");
    if (reader.keys.length === 0) return t("readers.no-key");
    if (reader.declined) return t("readers.declined");
    return shared ? t("readers.waiting") : t("readers.would");
  };
  return (
    <span>
      <bdi>{reader.name}</bdi>{" "}
      <span className="hf-soft hf-small hf-block">
        {reader.why === null ? t("readers.left") : t(`readers.${reader.why}`)} · {state()}
      </span>
    </span>
  );
}
