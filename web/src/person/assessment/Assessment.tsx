import { Button } from "@mantine/core";
import { Link, useLocation } from "@tanstack/react-router";
import { type ReactElement, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog, ErrorState, Loading, Notice, Page, Panel } from "@/design";
import { useFormat } from "@/format";
import { bundledPack } from "@/measures/pack";

import type { AssessmentRow } from "./data";
import { putSoFar } from "./prompts";
import { TimesForm } from "./TimesForm";
import { useChange } from "./useChange";
import { useCourse } from "./useCourse";
import "./assessment.css";

type Course = ReturnType<typeof useCourse>;

/** The fortnight: begin it, see where it stands, answer what is open, read the reports. */
export default function Assessment(): ReactElement {
  const { t } = useTranslation("assessment");
  const course = useCourse();
  const thanks = useLocation().hash === "thanks";
  return (
    <Page title={t("title")} lead={t("lead")}>
      {thanks ? (
        <Notice live title={t("answer.thanks")} testId="thanks">
          <p>{t("answer.thanks-text")}</p>
        </Notice>
      ) : null}
      {course.pending ? <Loading /> : <Loaded course={course} />}
    </Page>
  );
}

function Loaded({ course }: { course: Course }): ReactElement {
  const { t } = useTranslation("assessment");
  if (course.rows.length === 0 && course.error !== null) return <ErrorState error={course.error} />;
  const earlier = course.rows.filter((row) => row !== course.current);
  return (
    <>
      {course.current === null ? <Begin /> : <Running course={course} row={course.current} />}
      {earlier.length === 0 ? null : (
        <Panel title={t("earlier")}>
          <ul className="hf-plain-list">
            {earlier.map((row) => (
              <Earlier key={row.id} row={row} />
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

function Earlier({ row }: { row: AssessmentRow }): ReactElement {
  const { t } = useTranslation("assessment");
  const format = useFormat();
  const period = t("report.period", { start: format.day(row.starts_on), end: format.day(row.ends_on) });
  return (
    <li className="hf-feature">
      <div>
        {period}
        <span className="hf-sheet-note">{t(`state.${row.state}`)}</span>
      </div>
      <Button
        component={Link}
        to={`/assessment/${row.id}`}
        variant="default"
        aria-label={`${t("read")}: ${period}`}
      >
        {t("read")}
      </Button>
    </li>
  );
}

function Begin(): ReactElement {
  const { t } = useTranslation("assessment");
  const change = useChange();
  return (
    <Panel title={t("begin.title")} testId="begin">
      <p>{t("begin.what")}</p>
      <p>{t("begin.how")}</p>
      <p>{t("begin.who-reads")}</p>
      <Notice title={t("report.screening")}>
        <p>{t("report.screening-text")}</p>
      </Notice>
      <TimesForm
        label={t("begin.start")}
        busy={change.isPending}
        error={change.error}
        onSave={(times) => change.mutate({ method: "post", rest: "", body: { times } })}
      />
      <p className="hf-soft">
        {t("begin.emergency")} <Link to="/help">{t("talk.help")}</Link>
      </p>
    </Panel>
  );
}

function Running({ course, row }: { course: Course; row: AssessmentRow }): ReactElement {
  const { t } = useTranslation("assessment");
  const format = useFormat();
  const { standing } = course;
  // So that a prompt can be answered without network.
  useEffect(() => {
    void bundledPack("mood-days").catch(() => undefined);
    void import("./Answer");
    void import("../After");
  }, []);
  const now = standing?.now ?? null;
  const next = standing?.next ?? null;
  return (
    <>
      <Panel
        title={row.day === null ? t("starts", { day: format.day(row.starts_on) }) : t("day-of", { day: row.day, of: row.days })}
        testId="running"
      >
        <Fortnight course={course} row={row} />
        {now === null ? (
          <p>{t("nothing-now")}</p>
        ) : (
          <div className="hf-buttons">
            <Button component={Link} to="/assessment/answer" size="lg" data-testid="answer-now">
              {t("answer.now")}
            </Button>
          </div>
        )}
        {now?.closes_at == null ? null : (
          <p className="hf-soft">{t("until", { time: format.time(now.closes_at) })}</p>
        )}
        {next === null ? null : <p className="hf-soft">{t("next", { time: format.soon(next.opens_at) })}</p>}
      </Panel>
      <Settings row={row} />
    </>
  );
}

/** Which days have an answer; a day without one is left as it is, and blamed on nobody. */
function Fortnight({ course, row }: { course: Course; row: AssessmentRow }): ReactElement | null {
  const { t } = useTranslation("assessment");
  const format = useFormat();
  const { plan, detail, outbox } = course;
  if (plan === null || detail === null) return null;
  const answered = new Set(putSoFar(plan, detail, outbox).map((one) => one.day));
  return (
    <ol className="hf-fortnight" aria-label={t("fortnight")}>
      {Array.from({ length: row.days }, (_, index) => index + 1).map((day) => (
        <li
          key={day}
          data-answered={answered.has(day) ? "yes" : "no"}
          data-today={row.day === day ? "yes" : "no"}
          aria-current={row.day === day ? "date" : undefined}
          aria-label={
            answered.has(day)
              ? t("day-answered", { day: format.number(day) })
              : t("day-empty", { day: format.number(day) })
          }
        >
          {format.number(day)}
        </li>
      ))}
    </ol>
  );
}

function Settings({ row }: { row: AssessmentRow }): ReactElement {
  const { t } = useTranslation("assessment");
  const change = useChange();
  const [open, setOpen] = useState<"times" | "leave" | null>(null);
  const close = { onSuccess: () => setOpen(null) };
  return (
    <Panel title={t("settings")}>
      <div className="hf-buttons">
        <Button component={Link} to={`/assessment/${row.id}`} variant="default">
          {t("read-so-far")}
        </Button>
        <Button
          variant="default"
          aria-expanded={open === "times"}
          onClick={() => setOpen(open === "times" ? null : "times")}
        >
          {t("times.change")}
        </Button>
        <Button variant="subtle" onClick={() => setOpen("leave")}>
          {t("leave.title")}
        </Button>
      </div>
      {open === "times" ? (
        <TimesForm
          first={row.times}
          label={t("common:save")}
          busy={change.isPending}
          error={change.error}
          onSave={(times) =>
            change.mutate({ method: "patch", rest: `/${row.id}`, body: { times } }, close)
          }
        />
      ) : null}
      <ConfirmDialog
        opened={open === "leave"}
        title={t("leave.sure")}
        confirm={t("leave.title")}
        busy={change.isPending}
        onConfirm={() => change.mutate({ method: "post", rest: `/${row.id}/leave`, body: {} }, close)}
        onClose={() => setOpen(null)}
      >
        <p>{t("leave.text")}</p>
        {change.isError ? <ErrorState error={change.error} /> : null}
      </ConfirmDialog>
    </Panel>
  );
}
