import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { api, clientPath } from "@/api/client";
import { useOwnRecord } from "@/api/session";
import type { DueItem } from "@/api/types";
import { ErrorState, Notice, Panel } from "@/design";
import { deviceTimeZone, useFormat } from "@/format";

import { useRecord } from "./data";
import { asksAt, sameClock } from "./prompts";

/** What comes later today and tomorrow. Random moments stay a surprise: that is what they are for. */
export function ComingUp({ later }: { readonly later: readonly DueItem[] }): ReactElement | null {
  const { t } = useTranslation("schedule");
  const format = useFormat();
  const first = new Map<string, DueItem>();
  for (const each of later) if (!first.has(each.assignment_id)) first.set(each.assignment_id, each);
  if (first.size === 0) return null;
  return (
    <Panel title={t("later.title")}>
      <ul className="hf-plain-list" data-testid="coming-up">
        {[...first.values()].map((each) => (
          <li key={each.prompt_id}>
            <strong>{each.title}</strong>{" "}
            <span className="hf-soft">
              {each.kind === "moments" && each.snoozed_until === null
                ? t("later.moments")
                : format.soon(new Date(asksAt(each)))}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Asks again in a while; what the rule does not allow is not offered. */
export function PutOff({ due, title }: { readonly due: DueItem; readonly title: string }): ReactElement | null {
  const { t } = useTranslation("schedule");
  const own = useOwnRecord();
  const client = useQueryClient();
  const putOff = useMutation({
    mutationFn: () =>
      api.post(clientPath(own.practiceId, own.clientId, `/prompts/${due.prompt_id}/snooze`)),
    onSuccess: () => client.invalidateQueries({ queryKey: ["today"] }),
  });
  if (due.snoozes_left === 0) return null;
  return (
    <>
      <Button
        variant="subtle"
        loading={putOff.isPending}
        onClick={() => putOff.mutate()}
        aria-label={t("snooze.named", { title, count: due.snooze_minutes })}
      >
        {t("snooze.label", { count: due.snooze_minutes })}
      </Button>
      {putOff.isError ? <ErrorState error={putOff.error} /> : null}
    </>
  );
}

/** On a journey: whether to ask by the clock that hangs here. */
export function ZoneNotice({ now }: { readonly now: number }): ReactElement | null {
  const { t } = useTranslation("schedule");
  const own = useOwnRecord();
  const client = useQueryClient();
  const here = deviceTimeZone();
  const kept = useRecord(own).data?.time_zone;
  const move = useMutation({
    mutationFn: () => api.patch(clientPath(own.practiceId, own.clientId, ""), { time_zone: here }),
    onSuccess: () =>
      Promise.all(["record", "today"].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  if (kept === undefined || sameClock(kept, here, now)) return null;
  const place = (zone: string): string => (zone.split("/").pop() ?? zone).replaceAll("_", " ");
  return (
    <Notice tone="calm" title={t("zone.title")} testId="zone-notice">
      <p>{t("zone.text", { kept: place(kept), here: place(here) })}</p>
      <div className="hf-buttons">
        <Button variant="default" loading={move.isPending} onClick={() => move.mutate()}>
          {t("zone.move", { here: place(here) })}
        </Button>
      </div>
      {move.isError ? <ErrorState error={move.error} /> : null}
    </Notice>
  );
}
