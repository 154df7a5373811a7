import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { Notice, Panel, Query } from "@/design";

import { type EnquiryRow, useEnquiries, usePracticeChange } from "./api";
import { Problem } from "./Problem";
import { useMatchingWords } from "./words";

/** Who asks to be taken on. The name comes with the yes. */
export function Enquiries(): ReactElement {
  const { t } = useMatchingWords();
  const enquiries = useEnquiries();
  const [taken, setTaken] = useState<readonly EnquiryRow[]>([]);
  return (
    <Panel title={t("enquiries.title")}>
      {taken.map((row) => (
        <Notice key={row.id} tone="calm" live>
          {t("enquiries.taken", { name: row.client ?? "" })}{" "}
          <Link to="/people/$clientId" params={{ clientId: row.client_id ?? "" }}>
            {t("enquiries.open")}
          </Link>
        </Notice>
      ))}
      <Query query={enquiries}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="hf-soft">{t("enquiries.none")}</p>
          ) : (
            <ul className="hfm-list">
              {items.map((row) => (
                <Row key={row.id} row={row} onTaken={(one) => setTaken((before) => [...before, one])} />
              ))}
            </ul>
          )
        }
      </Query>
    </Panel>
  );
}

interface RowProps {
  readonly row: EnquiryRow;
  readonly onTaken: (row: EnquiryRow) => void;
}

function Row({ row, onTaken }: RowProps): ReactElement {
  const { t, language, moment, part } = useMatchingWords();
  const answer = usePracticeChange<EnquiryRow>();
  const say = (accept: boolean) =>
    answer.mutate(
      { method: "post", rest: `/enquiries/${row.id}/answer`, body: { accept } },
      { onSuccess: (given) => (accept ? onTaken(given) : undefined) },
    );
  const about = [
    row.specialties.map((code) => t(`specialties.${code}`)),
    row.competences.map((code) => t(`competences.${code}`)),
    row.languages.map(language),
    row.media.map((code) => t(`media.${code}`)),
    row.parts.map(part),
  ]
    .map((names) => names.join(", "))
    .filter((text) => text !== "");
  return (
    <li>
      <span>
        <strong>{about.join(" · ")}</strong>
        <br />
        <span className="hf-soft">{t("enquiries.sent", { when: moment(row.sent_at) })}</span>
      </span>
      <span className="hf-buttons">
        <Button size="sm" loading={answer.isPending} onClick={() => say(true)}>
          {t("enquiries.accept")}
        </Button>
        <Button size="sm" variant="default" loading={answer.isPending} onClick={() => say(false)}>
          {t("enquiries.decline")}
        </Button>
      </span>
      {answer.isError ? <Problem error={answer.error} /> : null}
    </li>
  );
}
