import { Button, TextInput } from "@mantine/core";
import { type ReactElement, Suspense, useState } from "react";

import { useActive } from "@/api/session";
import { CareTeam } from "@/clinician/CareTeamSection";
import { Loading, Page, Panel, Query } from "@/design";

import "./admin.css";
import { AdminProblem } from "./AdminProblem";
import { useAdminWrite, usePeople, useRecords } from "./api";
import { HandOver } from "./HandOver";
import { useAdminWords } from "./language";
import { Supervisions } from "./Supervisions";
import { CARERS, type PersonRow } from "./types";

/** The practice's staff, and who cares for whom. */
export function PeoplePage(): ReactElement {
  const { t } = useAdminWords();
  const people = usePeople();
  return (
    <Page title={t("people.title")} lead={t("people.lead")} width="wide">
      <Panel title={t("people.staff")}>
        <Query query={people}>
          {(list) => (
            <ul className="ha-list">
              {list.map((person) => (
                <Person key={person.id} person={person} staff={list} />
              ))}
            </ul>
          )}
        </Query>
      </Panel>
      <Panel title={t("supervision.title")}><Supervisions /></Panel>
      <Unattended />
      <Panel title={t("people.teams")}><CareTeams /></Panel>
    </Page>
  );
}

/** Whom no caseload shows, because nobody is on their care team or only people switched off. */
function Unattended(): ReactElement | null {
  const { t } = useAdminWords();
  const records = useRecords(true);
  const found = records.data?.pages[0]?.items.length ?? 0;
  if (found === 0) return null;
  return (
    <Panel title={t("people.unattended")}>
      <p role="status">{t("people.unattendedLead")}</p>
      <Records records={records} />
    </Panel>
  );
}

/** Every record by name; nothing of anybody's health stands here. */
function CareTeams(): ReactElement {
  const { t } = useAdminWords();
  const records = useRecords();
  if (records.isPending) return <Loading />;
  if (records.isError) return <AdminProblem error={records.error} />;
  if (records.data.pages[0]?.items.length === 0) return <p className="hf-soft">{t("people.noRecords")}</p>;
  return (
    <>
      <p className="hf-soft">{t("people.teamsLead")}</p>
      <Records records={records} />
    </>
  );
}

function Records({ records }: { readonly records: ReturnType<typeof useRecords> }): ReactElement {
  const { t } = useAdminWords();
  const [open, setOpen] = useState<string | null>(null);
  const rows = records.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <ul className="ha-list">
        {rows.map((record) => (
          <li key={record.id}>
            <span className="ha-grow">
              <strong>{record.display_name || t("people.unnamed")}</strong>
              <span className="ha-sub">{t(record.has_account ? "people.hasAccount" : "people.noAccount")}</span>
            </span>
            <Button
              size="xs"
              variant="default"
              aria-expanded={open === record.id}
              aria-label={t("people.teamNamed", { name: record.display_name })}
              onClick={() => setOpen(open === record.id ? null : record.id)}
            >
              {t("people.team")}
            </Button>
            {open === record.id ? (
              <div className="ha-whole">
                <Suspense fallback={<Loading />}>
                  <CareTeam client={record.id} mayChange />
                </Suspense>
              </div>
            ) : null}
          </li>
        ))}
      </ul>
      {records.hasNextPage ? (
        <Button size="sm" variant="default" loading={records.isFetchingNextPage} onClick={() => void records.fetchNextPage()}>
          {t("people.more")}
        </Button>
      ) : null}
    </>
  );
}

interface PersonProps {
  readonly person: PersonRow;
  readonly staff: readonly PersonRow[];
}

function Person({ person, staff }: PersonProps): ReactElement {
  const { t, moment } = useAdminWords();
  const { membership } = useActive();
  const write = useAdminWrite();
  const [editing, setEditing] = useState(false);
  const [handing, setHanding] = useState(false);
  const own = person.id === membership.id;
  const facts = [
    t(`role.${person.role}`),
    t(person.second_factor ? "people.hasSecondFactor" : "people.noSecondFactor"),
    t("people.joined", { when: moment(person.joined_at) }),
    person.active ? null : t("people.inactive"),
  ];
  return (
    <li>
      <span className="ha-grow">
        <strong>{person.display_name || t("people.unnamed")}</strong>
        <span className="ha-sub">{facts.filter((fact) => fact !== null).join(" · ")}</span>
      </span>
      <span className="hf-buttons">
        <Button
          size="xs"
          variant="default"
          aria-expanded={editing}
          aria-label={t("people.renameNamed", { name: person.display_name })}
          onClick={() => setEditing(!editing)}
        >
          {t("people.rename")}
        </Button>
        {CARERS.has(person.role) ? (
          <Button
            size="xs"
            variant="default"
            aria-expanded={handing}
            aria-label={t("handOver.openNamed", { name: person.display_name })}
            onClick={() => setHanding(!handing)}
          >
            {t("handOver.open")}
          </Button>
        ) : null}
        {own ? null : (
          <Button
            size="xs"
            variant="default"
            loading={write.isPending}
            aria-label={t(person.active ? "people.deactivateNamed" : "people.activateNamed", { name: person.display_name })}
            onClick={() =>
              write.mutate({ method: "patch", rest: `/people/${person.id}`, body: { active: !person.active } })
            }
          >
            {t(person.active ? "people.deactivate" : "people.activate")}
          </Button>
        )}
      </span>
      {editing ? <Rename person={person} onDone={() => setEditing(false)} /> : null}
      {handing ? (
        <div className="ha-whole">
          <HandOver
            person={person}
            colleagues={staff.filter((each) => each.active && CARERS.has(each.role))}
          />
        </div>
      ) : null}
      {write.isError ? <AdminProblem error={write.error} /> : null}
    </li>
  );
}

function Rename({ person, onDone }: { readonly person: PersonRow; readonly onDone: () => void }): ReactElement {
  const { t } = useAdminWords();
  const write = useAdminWrite();
  const [name, setName] = useState(person.display_name);
  return (
    <form
      className="ha-form ha-grow"
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate(
          { method: "patch", rest: `/people/${person.id}`, body: { display_name: name.trim() } },
          { onSuccess: onDone },
        );
      }}
    >
      <TextInput
        size="sm"
        label={t("people.name")}
        required
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className="hf-buttons">
        <Button size="sm" type="submit" loading={write.isPending}>{t("common:save")}</Button>
        <Button size="sm" variant="default" onClick={onDone}>{t("common:cancel")}</Button>
      </div>
      {write.isError ? <div className="ha-wide"><AdminProblem error={write.error} /></div> : null}
    </form>
  );
}
