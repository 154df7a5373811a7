import { Button, Checkbox, NativeSelect } from "@mantine/core";
import { type ReactElement, useState } from "react";

import { Query } from "@/design";

import { AdminProblem } from "./AdminProblem";
import { useAdminWrite, usePeople, useSupervisions } from "./api";
import { useAdminWords } from "./language";
import { supervisable, supervisors } from "./supervisable";
import type { PersonRow, SupervisionRow } from "./types";

/** Who supervises whom: list, add, end. */
export function Supervisions(): ReactElement {
  const { t } = useAdminWords();
  const people = usePeople();
  const standing = useSupervisions();
  return (
    <>
      <p className="hf-soft">{t("supervision.lead")}</p>
      <Query query={people}>
        {(staff) => (
          <Query query={standing}>
            {(rows) => (
              <>
                <Pairs staff={staff} rows={rows} />
                <AddSupervision staff={staff} rows={rows} />
              </>
            )}
          </Query>
        )}
      </Query>
    </>
  );
}

interface Props {
  readonly staff: readonly PersonRow[];
  readonly rows: readonly SupervisionRow[];
}

function Pairs({ staff, rows }: Props): ReactElement {
  const { t } = useAdminWords();
  const write = useAdminWrite();
  if (rows.length === 0) return <p className="hf-soft">{t("supervision.none")}</p>;
  const nameOf = (id: string): string =>
    staff.find((each) => each.id === id)?.display_name || t("people.unnamed");
  return (
    <>
      <ul className="ha-list">
        {rows.map((row) => {
          const names = { supervisor: nameOf(row.supervisor_id), supervisee: nameOf(row.supervisee_id) };
          return (
            <li key={row.id}>
              <span className="ha-grow">{t("supervision.pair", names)}</span>
              <Checkbox
                size="sm"
                label={t("supervision.cosigns")}
                aria-label={t("supervision.cosignsNamed", names)}
                checked={row.cosigns}
                onChange={(event) =>
                  write.mutate({
                    method: "patch",
                    rest: `/supervisions/${row.id}`,
                    body: { cosigns: event.currentTarget.checked },
                  })
                }
              />
              <Button
                size="xs"
                variant="default"
                loading={write.isPending && write.variables.rest.endsWith(row.id)}
                aria-label={t("supervision.endNamed", names)}
                onClick={() => write.mutate({ method: "delete", rest: `/supervisions/${row.id}` })}
              >
                {t("supervision.end")}
              </Button>
            </li>
          );
        })}
      </ul>
      {write.isError ? <AdminProblem error={write.error} /> : null}
    </>
  );
}

function AddSupervision({ staff, rows }: Props): ReactElement {
  const { t } = useAdminWords();
  const write = useAdminWrite();
  const [chosen, setChosen] = useState({ supervisor: "", supervisee: "" });
  const offered = supervisors(staff);
  const supervisor = offered.find((each) => each.id === chosen.supervisor) ?? offered[0];
  if (supervisor === undefined) return <p className="hf-soft">{t("supervision.noSupervisor")}</p>;
  const colleagues = supervisable(staff, rows, supervisor.id);
  const supervisee = colleagues.find((each) => each.id === chosen.supervisee) ?? colleagues[0];
  const choices = (people: readonly PersonRow[]) =>
    people.map((each) => ({
      value: each.id,
      label: `${each.display_name || t("people.unnamed")} · ${t(`role.${each.role}`)}`,
    }));
  return (
    <form
      className="ha-form"
      aria-label={t("supervision.add")}
      onSubmit={(event) => {
        event.preventDefault();
        if (supervisee === undefined) return;
        write.mutate({
          method: "post",
          rest: "/supervisions",
          body: { supervisor_id: supervisor.id, supervisee_id: supervisee.id },
        });
      }}
    >
      <NativeSelect
        size="sm"
        label={t("supervision.supervisor")}
        value={supervisor.id}
        onChange={(event) => setChosen({ ...chosen, supervisor: event.currentTarget.value })}
        data={choices(offered)}
      />
      {supervisee === undefined ? (
        <p className="hf-soft">{t("supervision.nobodyLeft")}</p>
      ) : (
        <>
          <NativeSelect
            size="sm"
            label={t("supervision.supervisee")}
            value={supervisee.id}
            onChange={(event) => setChosen({ ...chosen, supervisee: event.currentTarget.value })}
            data={choices(colleagues)}
          />
          <div className="hf-buttons">
            <Button size="sm" type="submit" loading={write.isPending}>{t("supervision.add")}</Button>
          </div>
        </>
      )}
      {write.isError ? <div className="ha-wide"><AdminProblem error={write.error} /></div> : null}
    </form>
  );
}
