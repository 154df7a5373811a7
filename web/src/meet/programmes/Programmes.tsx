import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { EmptyState, Page, Panel, Query } from "@/design";

import { type Open, useOpen } from "./api";
import "@/charts/charts.css";
import "./programmes.css";
import { useGroupWords } from "./words";

/** Groups that somebody belongs to, and those that they may ask to join. */
export default function Programmes(): ReactElement {
  const { t } = useGroupWords();
  const open = useOpen();
  return (
    <Page title={t("title")} lead={t("lead")}>
      <Query query={open}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t("none.title")}><p className="hf-soft">{t("none.text")}</p></EmptyState>
          ) : (
            <ul className="hf-plain-list">
              {items.map((each) => <li key={each.id}><Card programme={each} /></li>)}
            </ul>
          )
        }
      </Query>
    </Page>
  );
}

function Card({ programme }: { readonly programme: Open }): ReactElement {
  const { t, moment, list } = useGroupWords();
  const { id, title, purpose, facilitators, standing, next, first, sessions, free } = programme;
  return (
    <Panel testId="programme">
      <h2 className="hp-title"><bdi>{title}</bdi></h2>
      {standing === null ? null : <p className="hp-mark">{t(`standing.${standing}`)}</p>}
      <p className="hp-text hp-short" dir="auto">{purpose}</p>
      <p className="hf-soft">
        {t("ledBy", { names: list(facilitators) })} · {t("sessions", { count: sessions })}
        {standing === null ? <> · {free === 0 ? t("full") : t("free", { count: free })}</> : null}
      </p>
      {next?.starts_at ? (
        <p>{t(next.starts_at === first ? "begins" : "nextIs", { when: moment(next.starts_at) })}</p>
      ) : null}
      <Link to="/programmes/$programme" params={{ programme: id }} className="hp-more">
        {t(standing === null ? "more" : "open")}
        <span className="hf-visually-hidden"> {title}</span>
      </Link>
    </Panel>
  );
}
