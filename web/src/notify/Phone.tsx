import { Button, Switch, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { ErrorState, Notice, Panel } from "@/design";

import { type NotificationSettings, SETTINGS_KEY, useChange } from "./api";

const PHONE = "/me/notifications/phone";

/** A number for text messages: given, proved with a code, and taken away again. */
export function Phone({ settings }: { settings: NotificationSettings }): ReactElement {
  const { t } = useTranslation("notify");
  const client = useQueryClient();
  const [number, setNumber] = useState("");
  const [code, setCode] = useState("");
  const [another, setAnother] = useState(false);
  const took = (changed: NotificationSettings): void => {
    client.setQueryData(SETTINGS_KEY, changed);
    setCode("");
    setAnother(false);
  };
  const give = useMutation({
    mutationFn: () => api.put<NotificationSettings>(PHONE, { number }),
    onSuccess: took,
  });
  const verify = useMutation({
    mutationFn: () => api.post<NotificationSettings>(`${PHONE}/code`, { code }),
    onSuccess: took,
  });
  const forget = useMutation({
    mutationFn: () => api.delete<NotificationSettings>(PHONE),
    onSuccess: took,
  });
  const change = useChange();
  const asks = settings.phone === "none" || another;
  const failed = give.error ?? verify.error ?? forget.error ?? change.error;
  if (!settings.sms_available && settings.phone === "none") {
    return (
      <Panel title={t("phone.title")}>
        <p>{t("phone.unavailable")}</p>
      </Panel>
    );
  }
  return (
    <Panel title={t("phone.title")} testId="phone">
      <p>{t("phone.lead")}</p>
      {settings.phone === "none" ? null : (
        <p data-testid="phone-state" data-state={settings.phone} role="status">
          {t(`phone.${settings.phone}`, { ending: settings.phone_ending ?? "" })}
        </p>
      )}
      {settings.phone === "verified" || settings.phone === "dead" ? (
        <Switch
          label={t("phone.on")}
          checked={settings.sms}
          onChange={(event) => change.mutate({ sms: event.currentTarget.checked })}
        />
      ) : null}
      {settings.phone === "unverified" ? (
        <form
          className="hf-stack"
          onSubmit={(event) => {
            event.preventDefault();
            verify.mutate();
          }}
        >
          <TextInput
            label={t("phone.code")}
            value={code}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={8}
            minLength={6}
            dir="ltr"
            required
            withAsterisk={false}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <div className="hf-buttons">
            <Button type="submit" loading={verify.isPending}>
              {t("phone.verify")}
            </Button>
          </div>
        </form>
      ) : null}
      {asks ? (
        <form
          className="hf-stack"
          onSubmit={(event) => {
            event.preventDefault();
            give.mutate();
          }}
        >
          <TextInput
            type="tel"
            label={t("phone.number")}
            description={t("phone.hint")}
            value={number}
            autoComplete="tel"
            maxLength={40}
            dir="ltr"
            required
            withAsterisk={false}
            onChange={(event) => setNumber(event.currentTarget.value)}
          />
          <div className="hf-buttons">
            <Button type="submit" variant="default" loading={give.isPending}>
              {t("phone.give")}
            </Button>
          </div>
        </form>
      ) : null}
      {settings.phone === "none" ? null : (
        <div className="hf-buttons">
          {settings.phone === "dead" ? (
            <Button variant="default" onClick={() => change.mutate({ try_again: "sms" })}>
              {t("dead.again")}
            </Button>
          ) : null}
          {another ? null : (
            <Button variant="subtle" onClick={() => setAnother(true)}>
              {t("phone.another")}
            </Button>
          )}
          <Button variant="subtle" loading={forget.isPending} onClick={() => forget.mutate()}>
            {t("phone.forget")}
          </Button>
        </div>
      )}
      {verify.isSuccess && settings.phone === "verified" ? <Notice live title={t("common:saved")} /> : null}
      {failed === null ? null : <ErrorState error={failed} />}
    </Panel>
  );
}
