import { Button, Switch, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, practicePath } from "@/api/client";
import { useActive } from "@/api/session";
import { useSetting, writeSetting } from "@/app/settings";
import { ErrorState, Notice, Panel, Query } from "@/design";
import { useFormat } from "@/format";

import { sound } from "./alarm";
import {
  DELIVERIES_KEY,
  type Device,
  type Message,
  type NotificationSettings,
  SETTINGS_KEY,
  useChange,
  useNotificationSettings,
} from "./api";
import { deviceState, turnOff, turnOn } from "./device";
import { Messages } from "./Messages";
import { Order } from "./Order";
import { Phone } from "./Phone";
import { Reminders } from "./Reminders";
import "./notify.css";

/** How one is told things: on which ways, at which hours, and whether it works. */
export default function Settings(): ReactElement {
  const { t } = useTranslation("notify");
  const { practice, roles } = useActive();
  const staff = [...roles].some((role) => role !== "client");
  const settings = useNotificationSettings();
  return (
    <Query query={settings}>
      {(data) => (
        <>
          {staff ? <Notice title={t("staff.title")}><p>{t("staff.text")}</p></Notice> : null}
          <ThisDevice settings={data} />
          <Ways settings={data} />
          <Phone settings={data} />
          {roles.has("client") ? <Reminders /> : null}
          <QuietHours settings={data} />
          {staff ? <AlarmSound /> : null}
          <TryIt practiceId={practice.id} />
          <Panel title={t("messages.title")}>
            <p className="hf-soft">{t("messages.lead")}</p>
            <Messages path={practicePath(practice.id, "/deliveries")} own first={3} />
          </Panel>
        </>
      )}
    </Query>
  );
}

function ThisDevice({ settings }: { settings: NotificationSettings }): ReactElement {
  const { t } = useTranslation("notify");
  const client = useQueryClient();
  const state = useQuery({ queryKey: ["push-device"], queryFn: deviceState, staleTime: 0 });
  const afresh = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: ["push-device"] });
    await client.invalidateQueries({ queryKey: SETTINGS_KEY });
  };
  const on = useMutation({ mutationFn: turnOn, onSettled: afresh });
  const off = useMutation({ mutationFn: turnOff, onSettled: afresh });
  const remove = useMutation({
    mutationFn: (id: string) => api.delete("/me/notifications/devices", { id }),
    onSettled: afresh,
  });
  const known = state.data ?? "off";
  return (
    <Panel title={t("device.title")}>
      <p>{t("device.lead")}</p>
      {settings.push_key === null ? (
        <Notice tone="attention">{t("device.no-key")}</Notice>
      ) : (
        <>
          <p data-testid="device-state">{t(`device.${known}`)}</p>
          <div>
            {known === "off" ? (
              <Button loading={on.isPending} onClick={() => on.mutate(settings.push_key ?? "")}>
                {t("device.turn-on")}
              </Button>
            ) : null}
            {known === "on" ? (
              <Button variant="default" loading={off.isPending} onClick={() => off.mutate()}>
                {t("device.turn-off")}
              </Button>
            ) : null}
          </div>
        </>
      )}
      {on.isError ? <Notice tone="attention" live title={t("device.failed")} /> : null}
      {settings.devices.length === 0 ? null : (
        <>
          <h3>{t("device.all")}</h3>
          <ul className="hf-plain-list">
            {settings.devices.map((device) => (
              <li key={device.id} className="hf-row">
                <DeviceWords device={device} />
                {device.ended_at === null ? (
                  <Button
                    variant="subtle"
                    aria-label={`${t("common:remove")}: ${device.label}`}
                    onClick={() => remove.mutate(device.id)}
                  >
                    {t("common:remove")}
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        </>
      )}
      {remove.isError ? <ErrorState error={remove.error} /> : null}
    </Panel>
  );
}

function DeviceWords({ device }: { device: Device }): ReactElement {
  const { t } = useTranslation("notify");
  const format = useFormat();
  return (
    <span>
      <bdi>{device.label === "" ? t("device.unnamed") : device.label}</bdi>{" "}
      <span className="hf-soft hf-small">
        {device.ended_at !== null
          ? t(`device.ended.${device.ended_reason ?? "removed"}`, { date: format.date(device.ended_at) })
          : device.delivered_at === null
            ? t("device.since", { date: format.date(device.created_at) })
            : t("device.last", { when: format.soon(device.delivered_at) })}
      </span>
    </span>
  );
}

function Ways({ settings }: { settings: NotificationSettings }): ReactElement {
  const { t } = useTranslation("notify");
  const change = useChange();
  return (
    <Panel title={t("ways.title")}>
      <p>{t("ways.app")}</p>
      <Switch
        label={t("ways.web-push")}
        checked={settings.web_push}
        onChange={(event) => change.mutate({ web_push: event.currentTarget.checked })}
      />
      <Switch
        label={t("ways.email")}
        description={t(`ways.email-${settings.email_address}`)}
        checked={settings.email}
        onChange={(event) => change.mutate({ email: event.currentTarget.checked })}
      />
      {settings.email_address === "dead" ? (
        <div>
          <Button variant="default" onClick={() => change.mutate({ try_again: "email" })}>
            {t("dead.again")}
          </Button>
        </div>
      ) : null}
      <Order settings={settings} />
      <p className="hf-soft hf-small">{t("ways.discreet")}</p>
      {change.isError ? <ErrorState error={change.error} /> : null}
    </Panel>
  );
}

function QuietHours({ settings }: { settings: NotificationSettings }): ReactElement {
  const { t } = useTranslation("notify");
  const change = useChange();
  const [from, setFrom] = useState(settings.quiet_from.slice(0, 5));
  const [until, setUntil] = useState(settings.quiet_until.slice(0, 5));
  const complete = from !== "" && until !== "";
  return (
    <Panel title={t("quiet.title")}>
      <p>{t("quiet.lead")}</p>
      <Switch
        label={t("quiet.on")}
        checked={settings.quiet}
        onChange={(event) => change.mutate({ quiet: event.currentTarget.checked })}
      />
      {settings.quiet ? (
        <form
          className="hf-stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (complete) change.mutate({ quiet_from: from, quiet_until: until });
          }}
        >
          <div className="hf-times">
            <TextInput
              type="time"
              label={t("quiet.from")}
              value={from}
              required
              withAsterisk={false}
              onChange={(event) => setFrom(event.currentTarget.value)}
            />
            <TextInput
              type="time"
              label={t("quiet.until")}
              value={until}
              required
              withAsterisk={false}
              onChange={(event) => setUntil(event.currentTarget.value)}
            />
          </div>
          <div>
            <Button type="submit" variant="default" loading={change.isPending}>
              {t("common:save")}
            </Button>
          </div>
        </form>
      ) : null}
      {change.isSuccess ? <Notice live title={t("common:saved")} /> : null}
      {change.isError ? <ErrorState error={change.error} /> : null}
    </Panel>
  );
}

function AlarmSound(): ReactElement {
  const { t } = useTranslation("notify");
  const on = useSetting("alarm-sound") === "1";
  return (
    <Panel title={t("alarm.title")}>
      <Switch
        label={t("alarm.sound")}
        description={t("alarm.hint")}
        checked={on}
        onChange={(event) => {
          writeSetting("alarm-sound", event.currentTarget.checked ? "1" : null);
          if (event.currentTarget.checked) sound();
        }}
      />
    </Panel>
  );
}

function TryIt({ practiceId }: { practiceId: string }): ReactElement {
  const { t } = useTranslation("notify");
  const client = useQueryClient();
  const tried = useMutation({
    mutationFn: () => api.post<Message>(practicePath(practiceId, "/notifications/try")),
    onSuccess: () => client.invalidateQueries({ queryKey: [DELIVERIES_KEY] }),
  });
  return (
    <Panel title={t("try.title")}>
      <p>{t("try.lead")}</p>
      <div>
        <Button variant="default" loading={tried.isPending} onClick={() => tried.mutate()}>
          {t("try.button")}
        </Button>
      </div>
      {tried.isSuccess ? <Notice live title={t("try.sent")} /> : null}
      {tried.isError ? <ErrorState error={tried.error} /> : null}
    </Panel>
  );
}
