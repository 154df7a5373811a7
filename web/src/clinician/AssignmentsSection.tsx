import { Button, NativeSelect } from "@mantine/core";
import type { Schemas } from "@/api/types";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorState, Notice, Query } from "@/design";
import { isAssessment } from "@/person/assessment/TodayCard";

import { useAssignments, useClientWrite, useInstruments } from "./api";
import { useClinicWords } from "./language";
import { localDay } from "./localTime";
import { Tag } from "./marks";
import { Outcome } from "./Outcome";
import { RuleFields } from "./RuleFields";
import { emptyRule, faultOf, ruleBody } from "./ruleModel";
import { useRuleWords } from "./ruleWords";
import { Section } from "./Section";
import type { AssignmentView } from "./types";

/**
 * Questions about suicide follow an answer and lead to a person; nothing supports asking them
 * regularly of somebody who is alone (ASQ: NIMH toolkit).
 */
const ONLY_FOLLOWS = "suicidality";

/** Questionnaires this person is asked to answer, and when. */
export function AssignmentsSection({ client }: { readonly client: string }): ReactElement {
  const { t } = useClinicWords();
  const assignments = useAssignments(client);
  const [adding, setAdding] = useState(false);
  return (
    <Section
      id="assignments"
      title={t("assignments.title")}
      actions={
        <Button size="xs" variant="default" aria-expanded={adding} onClick={() => setAdding(!adding)}>
          {t("assignments.add")}
        </Button>
      }
    >
      {adding ? <AssignForm client={client} onDone={() => setAdding(false)} /> : null}
      <Query query={assignments}>
        {(list) =>
          list.length === 0 ? (
            <p className="hf-soft">{t("assignments.none")}</p>
          ) : (
            <ul className="hf-plain-list">
              {list.map((each) => (
                <Assignment key={each.id} client={client} assignment={each} />
              ))}
            </ul>
          )
        }
      </Query>
    </Section>
  );
}

function Assignment({ client, assignment }: { readonly client: string; readonly assignment: AssignmentView }): ReactElement {
  const { t, date } = useClinicWords();
  const rule = useRuleWords();
  const write = useClientWrite(client);
  const title = assignment.title ?? assignment.instrument.toUpperCase();
  const ends = assignment.ends_on ?? null;
  const dates = [
    t("assignments.from", { day: date(assignment.starts_on) }),
    ...(ends === null ? [] : [t("assignments.until", { day: date(ends) })]),
  ];
  return (
    <li>
      <div className="hf-row">
        <span>
          <strong>{title}</strong>
          <span className="hc-sub">{[...rule.parts(assignment), ...dates].join(" · ")}</span>
          {assignment.not_asked === null ? null : (
            <span className="hc-sub">
              <Tag tone="attention">{t(`assignments.notAsked.${assignment.not_asked}`)}</Tag>
            </span>
          )}
          <Outcome counts={assignment.last_28_days} />
        </span>
        <Button
          size="xs"
          variant="subtle"
          aria-label={t("assignments.endNamed", { title })}
          loading={write.isPending}
          onClick={() => write.mutate({ method: "delete", rest: `/assignments/${assignment.id}` })}
        >
          {t("assignments.end")}
        </Button>
      </div>
      {write.isError ? <ErrorState error={write.error} /> : null}
    </li>
  );
}

function AssignForm({ client, onDone }: { readonly client: string; readonly onDone: () => void }): ReactElement {
  const { t } = useTranslation(["clinician", "common"]);
  const rule = useRuleWords();
  const { timeZone } = useClinicWords();
  const instruments = useInstruments();
  const write = useClientWrite(client);
  const offered = (instruments.data ?? []).filter(
    (each) =>
      each.active &&
      each.available &&
      each.topic !== ONLY_FOLLOWS &&
      // Begun in a section of its own: by itself it would ask everything at once.
      !isAssessment(each.id),
  );
  const [instrument, setInstrument] = useState("");
  const [form, setForm] = useState(() => emptyRule(localDay(Date.now(), timeZone)));
  const chosen = instrument || offered[0]?.id || "";
  const fault = faultOf(form);
  const submit = () =>
    write.mutate(
      {
        method: "post",
        rest: "/assignments",
        body: { instrument: chosen, ...ruleBody(form) } satisfies Schemas["AssignmentIn"],
      },
      { onSuccess: onDone },
    );
  return (
    <form
      className="hc-form"
      aria-label={t("assignments.add")}
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen !== "" && fault === null) submit();
      }}
    >
      {instruments.isError ? <div className="hc-wide"><ErrorState error={instruments.error} /></div> : null}
      <NativeSelect
        size="sm"
        className="hc-wide"
        label={t("assignments.instrument")}
        value={chosen}
        onChange={(event) => setInstrument(event.currentTarget.value)}
        data={offered.map((each) => ({ value: each.id, label: each.title }))}
      />
      <RuleFields form={form} onChange={(change) => setForm({ ...form, ...change })} />
      <p className="hf-soft hf-small hc-wide">{rule.parts(ruleBody(form)).join(" · ")}. {rule.t("local")}</p>
      {fault === null ? null : <div className="hc-wide"><Notice tone="attention">{rule.t(`fault.${fault}`)}</Notice></div>}
      <div className="hf-buttons hc-wide">
        <Button size="sm" type="submit" loading={write.isPending} disabled={chosen === "" || fault !== null}>
          {t("assignments.assign")}
        </Button>
        <Button size="sm" variant="default" onClick={onDone}>{t("common:cancel")}</Button>
      </div>
      {write.isError ? <div className="hc-wide"><ErrorState error={write.error} /></div> : null}
    </form>
  );
}
