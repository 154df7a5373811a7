import { Button, NativeSelect } from "@mantine/core";
import { type ReactElement, useRef, useState } from "react";

import { useRowKeys } from "@/clinician/keys";
import { ConfirmDialog, Panel, Query } from "@/design";

import {
  type Enrolment,
  type Presence,
  PRESENCES,
  type Programme,
  type Session,
  useLeading,
  useRoster,
} from "./api";
import { Problem } from "./Problem";
import type { GroupWords } from "./words";

interface Props {
  readonly programme: Programme;
  readonly words: GroupWords;
  readonly now: number;
}

const GONE = new Set(["declined", "left", "removed"]);

/** Who asks, and who belongs with their attendance. */
export function RosterPanels(props: Props): ReactElement {
  const { programme, words } = props;
  const { t } = words;
  const roster = useRoster(programme.id);
  return (
    <Query query={roster}>
      {({ items }) => {
        const asking = items.filter(({ state }) => state === "asked");
        const here = items.filter(({ state }) => ["accepted", "member", "finished"].includes(state));
        const waiting = items.filter(({ state }) => state === "waiting");
        const gone = items.filter(({ state, joined_at }) => GONE.has(state) && joined_at !== null);
        return (
          <>
            {asking.length + waiting.length === 0 ? null : (
              <Panel title={t("roster.asking")} testId="asking">
                <p className="hf-soft hf-small">{t("roster.askingHint")}</p>
                <ul className="hfm-list">
                  {[...asking, ...waiting].map((each) => <Asking key={each.id} row={each} {...props} />)}
                </ul>
              </Panel>
            )}
            <Panel title={t("roster.title")} testId="roster">
              {here.length === 0 ? <p className="hf-soft">{t("roster.none")}</p> : <Table rows={here} {...props} />}
              {gone.length === 0 ? null : (
                <details>
                  <summary>{t("roster.gone")}</summary>
                  <ul className="hf-plain-list">
                    {gone.map((each) => (
                      <li key={each.id}>
                        <bdi>{each.name}</bdi> · {t(`ended.${each.state}`)}
                        {each.ended_at === null ? null : <> · {words.day(each.ended_at)}</>}
                      </li>
                    ))}
                  </ul>
                </details>
              )}
            </Panel>
          </>
        );
      }}
    </Query>
  );
}

function Asking({ row, programme, words }: Props & { readonly row: Enrolment }): ReactElement {
  const { t } = words;
  const decide = useLeading();
  const say = (decision: "accept" | "decline"): void =>
    decide.mutate({ method: "post", rest: `/${programme.id}/enrolments/${row.id}/decision`, body: { decision } });
  return (
    <li>
      <span>
        <strong><bdi>{row.name}</bdi></strong> · {t("roster.called", { name: row.called })}
        <br />
        <span className="hf-soft hf-small">
          {row.state === "waiting" ? <>{t("standing.waiting")} · </> : null}
          {t("roster.since", { when: words.format.relative(row.asked_at) })}
        </span>
      </span>
      <span className="hf-buttons">
        {row.state === "asked" ? (
          <Button size="sm" loading={decide.isPending} onClick={() => say("accept")}>
            {t(programme.free > 0 ? "roster.accept" : "roster.toWait")}
            <span className="hf-visually-hidden"> {row.name}</span>
          </Button>
        ) : null}
        <Button size="sm" variant="default" loading={decide.isPending} onClick={() => say("decline")}>
          {t("roster.decline")}
          <span className="hf-visually-hidden"> {row.name}</span>
        </Button>
      </span>
      {decide.isError ? <Problem error={decide.error} /> : null}
    </li>
  );
}

function Table({ rows, programme, words, now }: Props & { readonly rows: readonly Enrolment[] }): ReactElement {
  const { t, day } = words;
  const list = useRef<HTMLDivElement>(null);
  useRowKeys(list);
  const say = useLeading();
  const [ending, setEnding] = useState<Enrolment | null>(null);
  return (
    <>
      <div className="hc-scroll hc-list" ref={list}>
        <table>
          <caption className="hf-visually-hidden">{t("roster.caption")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("column.person")}</th>
              {programme.curriculum.map((each) => (
                <th key={each.id} scope="col" title={each.title}>
                  {each.number}
                  {each.starts_at === null ? null : <><br /><span className="hf-small">{day(each.starts_at)}</span></>}
                </th>
              ))}
              <th scope="col">{t("column.steps")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <th scope="row">
                  <bdi>{row.name}</bdi>
                  <br />
                  <span className="hf-soft hf-small">
                    {t("roster.called", { name: row.called })}
                    {row.agreed ? null : <> · {t("roster.notAgreed")}</>}
                  </span>
                </th>
                {programme.curriculum.map((each) => (
                  <td key={each.id}>
                    <Cell
                      {...{ row, words, now }}
                      session={each}
                      busy={say.isPending}
                      onSay={(presence) =>
                        say.mutate({
                          method: "put",
                          rest: `/${programme.id}/enrolments/${row.id}/attendance/${each.id}`,
                          body: { presence },
                        })
                      }
                    />
                  </td>
                ))}
                <td>
                  <Button size="xs" variant="subtle" onClick={() => setEnding(row)}>
                    {t("roster.end")}<span className="hf-visually-hidden"> {row.name}</span>
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {say.isError ? <Problem error={say.error} /> : null}
      <ConfirmDialog
        opened={ending !== null}
        title={t("roster.endTitle", { name: ending?.name ?? "" })}
        confirm={t("roster.end")}
        busy={say.isPending}
        onConfirm={() => {
          if (ending === null) return;
          say.mutate(
            { method: "post", rest: `/${programme.id}/enrolments/${ending.id}/end` },
            { onSettled: () => setEnding(null) },
          );
        }}
        onClose={() => setEnding(null)}
      >
        <p>{t("roster.endText")}</p>
      </ConfirmDialog>
    </>
  );
}

interface CellProps {
  readonly row: Enrolment;
  readonly session: Session;
  readonly words: GroupWords;
  readonly now: number;
  readonly busy: boolean;
  readonly onSay: (presence: Presence) => void;
}

/** What the visit says; once the session has begun, to be said otherwise. */
function Cell({ row, session, words, now, busy, onSay }: CellProps): ReactElement {
  const { t } = words;
  const known = row.attendance.find((each) => each.session_id === session.id);
  const said = known?.presence ?? null;
  const begun = session.starts_at !== null && Date.parse(session.starts_at) <= now;
  if (session.cancelled || known?.place !== true || !begun) {
    return <span className="hf-soft">{said === null ? t("nothing") : t(`presence.${said}`)}</span>;
  }
  return (
    <NativeSelect
      className="hp-attendance"
      size="xs"
      aria-label={t("roster.attendance", { name: row.name, number: session.number })}
      disabled={busy}
      value={said ?? ""}
      data={[
        ...(said === null ? [{ value: "", label: t("presence.open") }] : []),
        ...PRESENCES.map((code) => ({ value: code, label: t(`presence.${code}`) })),
      ]}
      onChange={(event) => onSay(event.currentTarget.value as Presence)}
    />
  );
}
