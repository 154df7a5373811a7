import { Checkbox, Switch } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { ErrorState, Panel, Query } from "@/design";

type Wishes = Schemas["ReminderSettingsOut"];
type Changes = Schemas["ReminderSettingsIn"];

const KEY = ["reminder-settings"] as const;
const CHANNELS = ["web_push", "email", "sms"] as const;
const HOUR = 60;
const DAY = 24 * HOUR;

/** Which reminders of appointments somebody wishes, how long before, and on which ways. */
export function Reminders(): ReactElement {
  const { t } = useTranslation("notify");
  const wishes = useQuery({ queryKey: KEY, queryFn: () => api.get<Wishes>("/me/reminders") });
  return (
    <Panel title={t("reminders.title")} testId="reminders">
      <p>{t("reminders.lead")}</p>
      <Query query={wishes}>{(data) => <Choices wishes={data} />}</Query>
    </Panel>
  );
}

function Choices({ wishes }: { wishes: Wishes }): ReactElement {
  const { t } = useTranslation("notify");
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (changes: Changes) => api.patch<Wishes>("/me/reminders", changes),
    onSuccess: (changed) => client.setQueryData(KEY, changed),
  });
  const words = (lead: number): string =>
    lead % DAY === 0
      ? t("reminders.days", { count: lead / DAY })
      : lead % HOUR === 0
        ? t("reminders.hours", { count: lead / HOUR })
        : t("reminders.minutes", { count: lead });
  return (
    <>
      <Switch
        label={t("reminders.on")}
        checked={wishes.on}
        onChange={(event) => change.mutate({ on: event.currentTarget.checked })}
      />
      {wishes.on ? (
        <>
          <Checkbox.Group
            label={t("reminders.when")}
            value={wishes.leads.map(String)}
            onChange={(chosen) => change.mutate({ leads: chosen.map(Number) })}
          >
            <div className="hf-stack">
              {wishes.choices.map((lead) => (
                <Checkbox key={lead} value={String(lead)} label={words(lead)} />
              ))}
            </div>
          </Checkbox.Group>
          <Checkbox.Group
            label={t("reminders.ways")}
            description={t("reminders.ways-hint")}
            value={wishes.channels.length === 0 ? [...CHANNELS] : wishes.channels}
            onChange={(chosen) =>
              change.mutate({ channels: CHANNELS.filter((each) => chosen.includes(each)) })
            }
          >
            <div className="hf-stack">
              {CHANNELS.map((channel) => (
                <Checkbox key={channel} value={channel} label={t(`channel.${channel}`)} />
              ))}
            </div>
          </Checkbox.Group>
        </>
      ) : null}
      {change.isError ? <ErrorState error={change.error} /> : null}
    </>
  );
}
