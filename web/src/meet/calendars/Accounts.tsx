import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { ErrorState, Panel } from "@/design";
import { useFormat } from "@/format";

import { type Account, calendarPath, type CalendarState, useCalendarChange } from "./api";

/** The calendars elsewhere that are connected: what is synced, when last, and what came of it. */
export function Accounts({ practice, accounts }: { practice: string; accounts: Account[] }): ReactElement {
  const { t } = useTranslation("calendars");
  const again = useCalendarChange(practice, (id: string) =>
    api.post<CalendarState>(calendarPath(practice, `/accounts/${id}/sync`)),
  );
  const remove = useCalendarChange(practice, (id: string) =>
    api.delete<null>(calendarPath(practice, `/accounts/${id}`)),
  );
  const failed = again.error ?? remove.error;
  return (
    <Panel title={t("accounts.title")} testId="accounts">
      <p>{t("accounts.lead")}</p>
      {accounts.length === 0 ? <p className="hf-soft">{t("accounts.none")}</p> : null}
      <ul className="hf-plain-list" hidden={accounts.length === 0}>
        {accounts.map((each) => (
          <li key={each.id} className="hf-row">
            <Words account={each} />
            <span className="hf-buttons">
              <Button variant="default" size="xs" loading={again.isPending} onClick={() => again.mutate(each.id)}>
                {t("accounts.now")}
              </Button>
              <Button variant="subtle" size="xs" loading={remove.isPending} onClick={() => remove.mutate(each.id)}>
                {t("common:remove")}
              </Button>
            </span>
          </li>
        ))}
      </ul>
      {failed === null ? null : <ErrorState error={failed} />}
    </Panel>
  );
}

function Words({ account }: { account: Account }): ReactElement {
  const { t } = useTranslation("calendars");
  const format = useFormat();
  const fine = account.outcome === "ok";
  return (
    <span>
      <bdi>{account.name === "" ? account.host : `${account.name} (${account.host})`}</bdi>
      <br />
      <span className="hf-soft hf-small">
        {t(account.writes ? "accounts.both-ways" : "accounts.reads")}
        {" · "}
        {t("accounts.busy", { count: account.busy_times })}
        {" · "}
        {account.synced_at === null
          ? t("accounts.never")
          : t("accounts.synced", { when: format.soon(account.synced_at) })}
      </span>
      {fine ? null : (
        <>
          <br />
          <span className="hf-small" role="status">
            {t(`fault.${account.outcome}`, { defaultValue: t("fault.other", { code: account.outcome }) })}
          </span>
        </>
      )}
    </span>
  );
}
