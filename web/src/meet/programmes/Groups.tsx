import { Button } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactElement, useRef } from "react";

import { useCommands, useRowKeys } from "@/clinician/keys";
import "@/clinician/clinician.css";
import { EmptyState, Page, Query } from "@/design";

import { type Led, useLed } from "./api";
import "@/charts/charts.css";
import "./programmes.css";
import { useGroupWords } from "./words";

/** The programmes that somebody leads; an administrator sees all, and nobody in them. */
export function GroupsPage(): ReactElement {
  const { t } = useGroupWords();
  const led = useLed();
  const navigate = useNavigate();
  useCommands({ n: () => void navigate({ to: "/groups/new" }) });
  return (
    <Page
      title={t("groups.title")}
      lead={t("groups.lead")}
      width="wide"
      actions={<Button component={Link} to="/groups/new" aria-keyshortcuts="n">{t("groups.new")}</Button>}
    >
      <Query query={led}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t("groups.none")}><p className="hf-soft">{t("groups.noneText")}</p></EmptyState>
          ) : (
            <Table items={items} />
          )
        }
      </Query>
    </Page>
  );
}

function Table({ items }: { readonly items: readonly Led[] }): ReactElement {
  const { t, moment, list } = useGroupWords();
  const rows = useRef<HTMLDivElement>(null);
  useRowKeys(rows);
  return (
    <div className="hc-scroll hc-list" ref={rows}>
      <table data-testid="groups">
        <caption className="hf-visually-hidden">{t("groups.title")}</caption>
        <thead>
          <tr>
            {(["group", "state", "next", "places", "asked", "leads"] as const).map((each) => (
              <th key={each} scope="col">{t(`column.${each}`)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((row) => (
            <tr key={row.id}>
              <th scope="row">
                <GroupLink row={row} />
              </th>
              <td>{t(`state.${row.state}`)}</td>
              <td>
                {row.next?.starts_at ? <>{moment(row.next.starts_at)}<br /><bdi>{row.next.title}</bdi></> : t("nothing")}
              </td>
              <td>{t("places", { taken: row.capacity - row.free, capacity: row.capacity })}</td>
              <td>{row.asked === 0 ? t("nothing") : row.asked}</td>
              <td><bdi>{list(row.facilitators)}</bdi></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function GroupLink({ row }: { readonly row: Led }): ReactElement {
  return (
    <Link to="/groups/$programme" params={{ programme: row.id }} data-row>
      <bdi>{row.title}</bdi>
    </Link>
  );
}
