import { Button, NativeSelect, TextInput } from "@mantine/core";
import type { Schemas } from "@/api/types";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorState, Query } from "@/design";

import { useAssignments, useClientWrite, useInstruments } from "./api";
import { useClinicWords } from "./language";
import { localDay } from "./localTime";
import { Section } from "./Section";
import type { AssignmentView } from "./types";

/**
 * Questions about suicide follow an answer and lead to a person; nothing supports asking them
 * regularly of somebody who is alone (ASQ: NIMH toolkit).
 */
const ONLY_FOLLOWS = "suicidality";

const CADENCES = ["once", "1", "7", "14", "28"] as const;

/** Questionnaires this person is asked to answer, and how often. */
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
  const write = useClientWrite(client);
  const title = assignment.title ?? assignment.instrument.toUpperCase();
  const every = assignment.every_days;
  return (
    <li>
      <div className="hf-row">
        <span>
          <strong>{title}</strong>
          <span className="hc-sub">
            {every === null ? t("assignments.once") : t("assignments.every", { count: every })}
            {" · "}
            {t("assignments.from", { day: date(assignment.starts_on) })}
            {assignment.ends_on === null ? null : ` · ${t("assignments.until", { day: date(assignment.ends_on) })}`}
          </span>
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
  const { timeZone } = useClinicWords();
  const instruments = useInstruments();
  const write = useClientWrite(client);
  const offered = (instruments.data ?? []).filter(
    (each) => each.active && each.available && each.topic !== ONLY_FOLLOWS,
  );
  const [instrument, setInstrument] = useState("");
  const [cadence, setCadence] = useState<string>("7");
  const [starts, setStarts] = useState(() => localDay(Date.now(), timeZone));
  const chosen = instrument || offered[0]?.id || "";
  const submit = () =>
    write.mutate(
      {
        method: "post",
        rest: "/assignments",
        body: {
          instrument: chosen,
          every_days: cadence === "once" ? null : Number(cadence),
          starts_on: starts,
          ends_on: null,
        } satisfies Schemas["AssignmentIn"],
      },
      { onSuccess: onDone },
    );
  return (
    <form
      className="hc-form"
      aria-label={t("assignments.add")}
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen !== "") submit();
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
      <NativeSelect
        size="sm"
        label={t("assignments.cadence")}
        value={cadence}
        onChange={(event) => setCadence(event.currentTarget.value)}
        data={CADENCES.map((value) => ({
          value,
          label: value === "once" ? t("assignments.once") : t("assignments.every", { count: Number(value) }),
        }))}
      />
      <TextInput
        size="sm"
        type="date"
        required
        label={t("assignments.starts")}
        value={starts}
        onChange={(event) => setStarts(event.currentTarget.value)}
      />
      <div className="hf-buttons hc-wide">
        <Button size="sm" type="submit" loading={write.isPending} disabled={chosen === ""}>
          {t("assignments.assign")}
        </Button>
        <Button size="sm" variant="default" onClick={onDone}>{t("common:cancel")}</Button>
      </div>
      {write.isError ? <div className="hc-wide"><ErrorState error={write.error} /></div> : null}
    </form>
  );
}
