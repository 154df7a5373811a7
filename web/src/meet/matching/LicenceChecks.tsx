import { Button } from "@mantine/core";
import type { ReactElement } from "react";

import { Page, Panel, Query } from "@/design";

import { type LicenceRow, useLicences, usePracticeChange } from "./api";
import { Problem } from "./Problem";
import { useMatchingWords } from "./words";
import "./matching.css";

/** Licences that wait for somebody who looks at the paper itself. */
export default function LicenceChecks(): ReactElement {
  const { t } = useMatchingWords();
  const licences = useLicences();
  return (
    <Page title={t("checks.title")} lead={t("checks.lead")} width="wide">
      <Panel>
        <Query query={licences}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="hf-soft">{t("checks.none")}</p>
            ) : (
              <ul className="hfm-list">
                {items.map((row) => (
                  <Row key={row.id} row={row} />
                ))}
              </ul>
            )
          }
        </Query>
      </Panel>
    </Page>
  );
}

function Row({ row }: { readonly row: LicenceRow }): ReactElement {
  const { t, date, place } = useMatchingWords();
  const decide = usePracticeChange();
  const say = (verified: boolean) =>
    decide.mutate({ method: "post", rest: `/licences/${row.id}/decision`, body: { verified } });
  return (
    <li>
      <span>
        <strong>{row.name}</strong> · {row.title} <bdi>{row.number}</bdi>
        <br />
        <span className="hf-soft">
          {place(row.jurisdiction)} · {t("licences.until", { day: date(row.expires_on) })}
        </span>
      </span>
      <span className="hf-buttons">
        <Button size="sm" loading={decide.isPending} onClick={() => say(true)}>
          {t("checks.verify")}
        </Button>
        <Button size="sm" variant="default" loading={decide.isPending} onClick={() => say(false)}>
          {t("checks.refuse")}
        </Button>
      </span>
      {decide.isError ? <Problem error={decide.error} /> : null}
    </li>
  );
}
