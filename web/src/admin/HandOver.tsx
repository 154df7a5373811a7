import { Button, NativeSelect } from "@mantine/core";
import { type ReactElement, useState } from "react";

import type { Schemas } from "@/api/types";
import { ConfirmDialog, ErrorState, Loading, Notice } from "@/design";

import { AdminProblem } from "./AdminProblem";
import { useAdminWrite, useCaseloadOf, useFlagsOf } from "./api";
import { type Choice, peopleOf, sharesOf } from "./handingOver";
import { useAdminWords } from "./language";
import type { CaseloadToHandOver, PersonRow, WaitingFlag } from "./types";

/** Of a longer caseload the names are shown when they are asked for. */
const SHOWN_AT_ONCE = 12;

interface Props {
  readonly person: PersonRow;
  /** Active clinicians of the practice. */
  readonly colleagues: readonly PersonRow[];
}

/** All that somebody cares for passes to colleagues: what that is, to whom, and what came of it. */
export function HandOver({ person, colleagues }: Props): ReactElement {
  const caseload = useCaseloadOf(person.id);
  const flags = useFlagsOf(person.id);
  const write = useAdminWrite<Schemas["HandedOver"]>();
  const error = caseload.error ?? flags.error;
  if (error !== null) return <ErrorState error={error} />;
  if (caseload.data === undefined || flags.data === undefined) return <Loading />;
  const holds = { caseload: caseload.data, flags: flags.data };
  if (write.data !== undefined) return <Done person={person} done={write.data} {...holds} />;
  return (
    <>
      <Form
        {...holds}
        person={person}
        others={colleagues.filter((each) => each.id !== person.id)}
        busy={write.isPending}
        onHandOver={(body) =>
          write.mutate({ method: "post", rest: `/people/${person.id}/hand-over`, body })
        }
      />
      {write.isError ? <AdminProblem error={write.error} /> : null}
    </>
  );
}

interface Holds {
  readonly caseload: CaseloadToHandOver;
  readonly flags: readonly WaitingFlag[];
}

interface FormProps extends Holds {
  readonly person: PersonRow;
  readonly others: readonly PersonRow[];
  readonly busy: boolean;
  readonly onHandOver: (body: Schemas["HandOverIn"]) => void;
}

function Form({ person, others, caseload, flags, busy, onHandOver }: FormProps): ReactElement {
  const { t } = useAdminWords();
  const [choice, setChoice] = useState<Choice>({ to: "", elsewhere: {} });
  const [asking, setAsking] = useState(false);
  const people = peopleOf(caseload.people);
  const name = (id: string) => others.find((each) => each.id === id)?.display_name ?? "";
  const body = {
    to: choice.to,
    people: Object.entries(choice.elsewhere).map(([client_id, to]) => ({ client_id, to })),
  };
  if (people.length === 0 && flags.length === 0 && caseload.on_call === null) {
    return <p className="hf-soft">{t("handOver.nothing", { name: person.display_name })}</p>;
  }
  return (
    <>
      <p>{t("handOver.lead")}</p>
      <Moves caseload={caseload} flags={flags} />
      <div className="ha-form">
        <NativeSelect
          size="sm"
          label={t("handOver.to")}
          value={choice.to}
          onChange={(event) => setChoice({ ...choice, to: event.currentTarget.value })}
          data={[
            { value: "", label: t("handOver.choose") },
            ...others.map((each) => ({ value: each.id, label: each.display_name })),
          ]}
        />
      </div>
      {people.length === 0 ? null : (
        <details className="ha-elsewhere">
          <summary>{t("handOver.elsewhere")}</summary>
          <ul className="ha-list">
            {people.map((each) => (
              <li key={each.id}>
                <span className="ha-grow">{each.name || t("people.unnamed")}</span>
                <NativeSelect
                  size="xs"
                  aria-label={t("handOver.toNamed", { name: each.name })}
                  value={choice.elsewhere[each.id] ?? ""}
                  onChange={(event) => {
                    const { [each.id]: _, ...rest } = choice.elsewhere;
                    const to = event.currentTarget.value;
                    setChoice({ ...choice, elsewhere: to === "" ? rest : { ...rest, [each.id]: to } });
                  }}
                  data={[
                    { value: "", label: t("handOver.same") },
                    ...others.map((other) => ({ value: other.id, label: other.display_name })),
                  ]}
                />
              </li>
            ))}
          </ul>
        </details>
      )}
      <div className="hf-buttons">
        <Button size="sm" disabled={choice.to === ""} loading={busy} onClick={() => setAsking(true)}>
          {t("handOver.look")}
        </Button>
      </div>
      <ConfirmDialog
        opened={asking}
        title={t("handOver.confirmTitle", { name: person.display_name })}
        confirm={t("handOver.confirm")}
        busy={busy}
        onConfirm={() => {
          setAsking(false);
          onHandOver(body);
        }}
        onClose={() => setAsking(false)}
      >
        <ul>
          {sharesOf(people, choice).map((share) => (
            <li key={share.to}>
              <strong>{name(share.to)}</strong>: {t("handOver.people", { count: share.count })}
              {share.to === choice.to && caseload.on_call !== null
                ? `; ${t("handOver.turn", { place: caseload.on_call })}`
                : null}
            </li>
          ))}
        </ul>
        <p>{t("handOver.flagsFollow", { count: flags.length, name: name(choice.to) })}</p>
        <p>{t("handOver.sealed")}</p>
      </ConfirmDialog>
    </>
  );
}

/** What is there to pass: names and due times, nothing of anybody's health. */
function Moves({ caseload, flags }: Holds): ReactElement {
  const { t, moment, number, date } = useAdminWords();
  const people = peopleOf(caseload.people);
  return (
    <ul className="ha-moves" data-testid="moves">
      <li>
        <details open={people.length <= SHOWN_AT_ONCE}>
          <summary>{t("handOver.people", { count: people.length })}</summary>
          <ul className="ha-names">
            {caseload.people.map((each) => (
              <li key={`${each.client_id} ${each.starts_on}`}>
                {each.display_name || t("people.unnamed")}
                <span className="ha-sub">
                  {[
                    t(`clinician:team.purpose.${each.purpose}`),
                    each.primary ? t("clinician:team.primary") : null,
                    each.ends_on === null ? null : t("handOver.until", { day: date(each.ends_on) }),
                  ]
                    .filter((part) => part !== null)
                    .join(" · ")}
                </span>
              </li>
            ))}
          </ul>
        </details>
      </li>
      <li>
        <strong>{t("handOver.flags", { count: flags.length })}</strong>
        <ul className="ha-names" hidden={flags.length === 0}>
          {flags.map((flag, at) => (
            // They are told apart by their place: whose they are does not stand here.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={at}>
              {flag.due_at === null
                ? t("handOver.noClock")
                : t(flag.seen ? "handOver.actBy" : "handOver.seeBy", { at: moment(flag.due_at) })}
            </li>
          ))}
        </ul>
      </li>
      <li>
        <strong>
          {caseload.on_call === null
            ? t("handOver.noTurn")
            : t("handOver.turn", { place: number(caseload.on_call) })}
        </strong>
      </li>
    </ul>
  );
}

/** What came of it, and what is still with them: it is read again, not believed. */
function Done({ person, done, caseload, flags }: Holds & { person: PersonRow; done: Schemas["HandedOver"] }): ReactElement {
  const { t } = useAdminWords();
  const left = caseload.people.length + flags.length + (caseload.on_call === null ? 0 : 1);
  const names = { name: person.display_name };
  return (
    <div role="status" data-testid="handed-over">
      <Notice tone={left === 0 ? "calm" : "attention"} title={t("handOver.done", { count: done.clients })}>
        <p>{t(left === 0 ? "handOver.nothingLeft" : "handOver.somethingLeft", names)}</p>
        <p>{t("handOver.sealed")}</p>
        {person.active ? <p>{t("handOver.switchOff", names)}</p> : null}
      </Notice>
      {left === 0 ? null : <Moves caseload={caseload} flags={flags} />}
    </div>
  );
}
