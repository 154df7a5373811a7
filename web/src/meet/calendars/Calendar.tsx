import { Button, Radio, Switch, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { useActive } from "@/api/session";
import { ErrorState, Notice, Panel, Query } from "@/design";
import { useFormat } from "@/format";

import { Accounts } from "./Accounts";
import { calendarPath, type CalendarState, type Question, useCalendar, useCalendarChange } from "./api";
import { Connect } from "./Connect";

/** The address to subscribe to, invitations, and (for staff) calendars elsewhere. */
export default function Calendar(): ReactElement {
  const { practice } = useActive();
  const calendar = useCalendar(practice.id);
  return (
    <Query query={calendar}>
      {(state) => (
        <>
          {state.questions.map((each) => (
            <Asked key={each.id} practice={practice.id} question={each} />
          ))}
          <Feed practice={practice.id} state={state} />
          <Invitations practice={practice.id} state={state} />
          {state.may_connect ? (
            <>
              <Accounts practice={practice.id} accounts={state.accounts} />
              <Connect practice={practice.id} />
            </>
          ) : null}
        </>
      )}
    </Query>
  );
}

function Asked({ practice, question }: { practice: string; question: Question }): ReactElement {
  const { t } = useTranslation("calendars");
  const format = useFormat();
  const answer = useCalendarChange(practice, (decision: "cancel" | "restore") =>
    api.post<CalendarState>(calendarPath(practice, `/questions/${question.id}`), { decision }),
  );
  return (
    <Notice tone="attention" title={t("asked.title", { when: format.dateTime(question.starts_at) })}>
      <p>{t("asked.text")}</p>
      <div className="hf-buttons">
        <Button loading={answer.isPending} onClick={() => answer.mutate("restore")}>
          {t("asked.restore")}
        </Button>
        <Button variant="default" loading={answer.isPending} onClick={() => answer.mutate("cancel")}>
          {t("asked.cancel")}
        </Button>
      </div>
      {answer.isError ? <ErrorState error={answer.error} /> : null}
    </Notice>
  );
}

interface Props {
  practice: string;
  state: CalendarState;
}

function Feed({ practice, state }: Props): ReactElement {
  const { t } = useTranslation("calendars");
  const format = useFormat();
  const [copied, setCopied] = useState(false);
  const open = useCalendarChange(practice, (detail: string) =>
    api.put<CalendarState>(calendarPath(practice, "/feed"), { detail }),
  );
  const revoke = useCalendarChange(practice, () =>
    api.delete<null>(calendarPath(practice, "/feed")),
  );
  const { feed } = state;
  const failed = open.error ?? revoke.error;
  return (
    <Panel title={t("feed.title")} testId="feed">
      <p>{t("feed.lead")}</p>
      {feed === null ? (
        <div>
          <Button variant="default" loading={open.isPending} onClick={() => open.mutate("busy")}>
            {t("feed.make")}
          </Button>
        </div>
      ) : (
        <>
          <TextInput
            label={t("feed.address")}
            description={t("feed.secret")}
            value={feed.url}
            readOnly
            dir="ltr"
            onFocus={(event) => event.currentTarget.select()}
          />
          <div className="hf-buttons">
            <Button
              onClick={() => void navigator.clipboard.writeText(feed.url).then(() => setCopied(true))}
            >
              {t(copied ? "common:copied" : "common:copy")}
            </Button>
            <Button variant="default" loading={revoke.isPending} onClick={() => revoke.mutate(undefined)}>
              {t("feed.revoke")}
            </Button>
          </div>
          <Radio.Group
            label={t("feed.shows")}
            value={feed.detail}
            onChange={(detail) => open.mutate(detail)}
          >
            <div className="hf-stack">
              <Radio value="busy" label={t("feed.busy")} />
              <Radio
                value="details"
                label={t("feed.details")}
                description={t(state.may_connect ? "feed.details-staff" : "feed.details-hint")}
              />
            </div>
          </Radio.Group>
          <p className="hf-soft hf-small">
            {feed.fetched_at === null
              ? t("feed.never")
              : t("feed.fetched", { when: format.soon(feed.fetched_at) })}
          </p>
        </>
      )}
      {failed === null ? null : <ErrorState error={failed} />}
    </Panel>
  );
}

function Invitations({ practice, state }: Props): ReactElement {
  const { t } = useTranslation("calendars");
  const change = useCalendarChange(practice, (invitations: boolean) =>
    api.patch<CalendarState>(calendarPath(practice), { invitations }),
  );
  if (state.may_connect) return <></>;
  return (
    <Panel title={t("invitations.title")}>
      <Switch
        label={t("invitations.on")}
        description={t("invitations.hint")}
        checked={state.invitations}
        onChange={(event) => change.mutate(event.currentTarget.checked)}
      />
      {change.isError ? <ErrorState error={change.error} /> : null}
    </Panel>
  );
}
