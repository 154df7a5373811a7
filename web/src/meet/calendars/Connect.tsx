import { Button, PasswordInput, Radio, Switch, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { ApiError } from "@/api/problems";
import { ErrorState, Notice, Panel } from "@/design";

import { calendarPath, type CalendarState, type Found, useCalendarChange } from "./api";

type Kind = "caldav" | "ics";

/** What a server said no with, where it says: wrong password, no calendar there, ... */
function faultOf(error: Error | null): string | null {
  if (!(error instanceof ApiError) || error.code !== "calendar-unreachable") return null;
  const { reason } = error.data as { reason?: unknown };
  return typeof reason === "string" ? reason : "other";
}

/** Connect a calendar: an account on a CalDAV server, or an address that can only be read. */
export function Connect({ practice }: { practice: string }): ReactElement {
  const { t } = useTranslation("calendars");
  const [kind, setKind] = useState<Kind>("caldav");
  const [url, setUrl] = useState("");
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [writes, setWrites] = useState(true);
  const login = { url, user, password };
  const clear = (): void => {
    setUrl("");
    setUser("");
    setPassword("");
  };
  const look = useMutation({
    mutationFn: async () =>
      (await api.post<{ items: Found[] }>(calendarPath(practice, "/accounts/look"), login)).items,
  });
  const connect = useCalendarChange(practice, (found: Found) =>
    api.post<CalendarState>(calendarPath(practice, "/accounts"), {
      ...login,
      kind,
      url: found.url,
      name: found.name,
      writes: kind === "caldav" && writes,
    }),
  );
  const take = (found: Found): void =>
    connect.mutate(found, {
      onSuccess: () => {
        clear();
        look.reset();
      },
    });
  const error = connect.error ?? look.error;
  const fault = faultOf(error);
  return (
    <Panel title={t("connect.title")} testId="connect">
      <form
        className="hf-stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (kind === "caldav") look.mutate();
          else take({ url, name: "" });
        }}
      >
        <Radio.Group
          label={t("connect.kind")}
          value={kind}
          onChange={(chosen) => setKind(chosen === "ics" ? "ics" : "caldav")}
        >
          <div className="hf-stack">
            <Radio value="caldav" label={t("connect.caldav")} description={t("connect.caldav-hint")} />
            <Radio value="ics" label={t("connect.ics")} description={t("connect.ics-hint")} />
          </div>
        </Radio.Group>
        <TextInput
          type="url"
          label={t("connect.url")}
          value={url}
          dir="ltr"
          autoComplete="off"
          required
          withAsterisk={false}
          maxLength={1000}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        {kind === "caldav" ? (
          <>
            <TextInput
              label={t("connect.user")}
              value={user}
              dir="ltr"
              autoComplete="off"
              maxLength={200}
              onChange={(event) => setUser(event.currentTarget.value)}
            />
            <PasswordInput
              label={t("connect.password")}
              description={t("connect.password-hint")}
              value={password}
              autoComplete="off"
              maxLength={500}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <Switch
              label={t("connect.writes")}
              description={t("connect.writes-hint")}
              checked={writes}
              onChange={(event) => setWrites(event.currentTarget.checked)}
            />
          </>
        ) : null}
        <div className="hf-buttons">
          <Button type="submit" variant="default" loading={look.isPending || connect.isPending}>
            {t(kind === "caldav" ? "connect.look" : "connect.read")}
          </Button>
        </div>
      </form>
      {look.data === undefined ? null : (
        <>
          <h3>{t("connect.which")}</h3>
          <ul className="hf-plain-list">
            {look.data.map((found) => (
              <li key={found.url} className="hf-row">
                <bdi>{found.name === "" ? found.url : found.name}</bdi>
                <Button size="xs" loading={connect.isPending} onClick={() => take(found)}>
                  {t("connect.take")}
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
      {fault === null ? null : (
        <div role="alert">
          <Notice tone="attention" title={t(`fault.${fault}`, { defaultValue: t("fault.other", { code: fault }) })} />
        </div>
      )}
      {error === null || fault !== null ? null : <ErrorState error={error} />}
    </Panel>
  );
}
